using System.Text;
using AuditTracker.Platform.Files;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Platform.Files;

/// <summary>The conversation with ClamAV's daemon: Debian's own, and a peer that fails in every way.</summary>
public sealed class ClamdTests
{
    private static Clamd At(string address, long most = 10 << 20, int seconds = 20) => new(new Uri(address), TimeSpan.FromSeconds(seconds), most);

    private static Task<ScanResult> ScanAsync(Clamd clamd, byte[] bytes) => clamd.ScanAsync(new MemoryStream(bytes), CancellationToken.None);

    [Fact]
    public async Task Debians_clamd_finds_the_test_file_and_nothing_in_others()
    {
        await using var daemon = new RealClamd();
        await daemon.StartAsync();
        var clamd = At(daemon.Address);
        Assert.StartsWith("ClamAV ", await clamd.VersionAsync(CancellationToken.None));
        Assert.Equal(new ScanResult(ScanOutcome.Infected, "Eicar-Signature.UNOFFICIAL"), await ScanAsync(clamd, Encoding.ASCII.GetBytes(RealClamd.Eicar)));
        Assert.Equal(new ScanResult(ScanOutcome.Infected, "Eicar-Signature.UNOFFICIAL"), await ScanAsync(clamd, FileLookTests.Zip(("a.txt", Encoding.ASCII.GetBytes(RealClamd.Eicar)))));
        Assert.Equal(new ScanResult(ScanOutcome.Clean), await ScanAsync(clamd, "id,name"u8.ToArray()));
        Assert.Equal(new ScanResult(ScanOutcome.Clean), await ScanAsync(clamd, new byte[700_000]));
        // More than its StreamMaxLength: it hangs up while we still send.
        Assert.Equal(ScanOutcome.TooLarge, (await ScanAsync(clamd, new byte[8 << 20])).Outcome);
        Assert.Equal(ScanOutcome.TooLarge, (await ScanAsync(At(daemon.Address, most: 100), new byte[101])).Outcome);
        await daemon.StopAsync();
        await Assert.ThrowsAsync<ScannerAwayException>(() => ScanAsync(clamd, [1]));
    }

    [Fact]
    public async Task Half_an_answer_is_none()
    {
        await using var peer = new FakeClamd();
        var clamd = At(peer.Address, seconds: 1);
        Assert.Contains("/27500/", await clamd.VersionAsync(CancellationToken.None));
        var bytes = new byte[300_000];
        new Random(3).NextBytes(bytes);
        Assert.Equal(ScanOutcome.Clean, (await ScanAsync(clamd, bytes)).Outcome);
        Assert.Equal(bytes, peer.Received[0]);

        peer.EndsAnswers = false;
        Assert.Equal(ScanOutcome.NoAnswer, (await ScanAsync(clamd, bytes)).Outcome); // "stream: OK" and no end
        peer.Answer = _ => "";
        Assert.Equal(ScanOutcome.NoAnswer, (await ScanAsync(clamd, bytes)).Outcome);
        peer.EndsAnswers = true;
        peer.Answer = _ => "stream: Can't allocate memory ERROR";
        Assert.Equal(ScanOutcome.Refused, (await ScanAsync(clamd, bytes)).Outcome);
        peer.Answer = _ => "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND";
        Assert.Equal(ScanOutcome.TooLarge, (await ScanAsync(clamd, bytes)).Outcome);
        peer.Answer = _ => "stream: Heuristics.Encrypted.Zip FOUND";
        Assert.Equal(ScanOutcome.Locked, (await ScanAsync(clamd, bytes)).Outcome);
        peer.Most = 100_000;
        Assert.Equal(ScanOutcome.TooLarge, (await ScanAsync(clamd, bytes)).Outcome);
        peer.Most = int.MaxValue;
        peer.Answer = _ => null;
        Assert.Equal(ScanOutcome.NoAnswer, (await ScanAsync(clamd, bytes)).Outcome);
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:3310", true)]
    [InlineData("unix:/run/clamav/clamd.ctl", true)]
    [InlineData("127.0.0.1:3310", false)]
    [InlineData("tcp://127.0.0.1", false)]
    [InlineData("http://127.0.0.1:3310", false)]
    public void An_address_is_a_port_or_a_socket(string text, bool isOne) => Assert.Equal(isOne, Clamd.IsAddress(text));
}
