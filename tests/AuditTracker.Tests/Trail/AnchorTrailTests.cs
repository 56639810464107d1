using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AuditTracker.Tests.Support;
using AuditTracker.Trail;

namespace AuditTracker.Tests.Trail;

/// <summary>Time stamps by a real authority: <c>openssl ts</c> behind a small HTTP door.</summary>
public sealed class AnchorTrailTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("audit-tracker-authority-").FullName;
    private readonly HttpListener door = new();
    private string address = "";
    private bool answers = true;

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "ts.cnf"), """
            [ req ]
            distinguished_name = name
            prompt = no
            [ name ]
            CN = Test authority
            [ stamping ]
            basicConstraints = critical, CA:TRUE
            extendedKeyUsage = critical, timeStamping
            [ tsa ]
            default_tsa = one
            [ one ]
            serial = serial
            crypto_device = builtin
            signer_cert = authority.pem
            signer_key = authority.key
            signer_digest = sha256
            default_policy = 1.2.3.4.1
            digests = sha256
            ess_cert_id_alg = sha256
            """);
        await File.WriteAllTextAsync(Path.Combine(folder, "serial"), "01\n");
        await OpensslAsync("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "authority.key", "-out", "authority.pem", "-days", "3650", "-config", "ts.cnf", "-extensions", "stamping");
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }
        door.Prefixes.Add(address);
        door.Start();
        _ = AnswerAsync();
    }

    public Task DisposeAsync()
    {
        door.Stop();
        Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task The_newest_head_is_stamped_once_and_openssl_agrees()
    {
        await using var database = await SealedAsync();
        Assert.Equal(1, await database.Get<AnchorTrail>().RunAsync());
        Assert.Equal(0, await database.Get<AnchorTrail>().RunAsync());
        var verdict = await database.Get<VerifyTrail>().RunAsync();
        Assert.Empty(verdict.Findings);
        Assert.Equal(1, verdict.Anchors);

        await File.WriteAllBytesAsync(Path.Combine(folder, "token"), await database.ScalarAsync<byte[]>("select token from trail.anchors"));
        var head = await database.ScalarAsync<string>("select encode(head, 'hex') from trail.anchors");
        Assert.Equal(0, await OpensslAsync("ts", "-verify", "-digest", head, "-in", "token", "-token_in", "-CAfile", "authority.pem"));
    }

    [Fact]
    public async Task A_stamp_of_another_head_is_found()
    {
        await using var database = await SealedAsync();
        await database.Get<AnchorTrail>().RunAsync();
        await database.ArrangeAsync("update trail.anchors set head = sha256('x')");
        Assert.Contains((await database.Get<VerifyTrail>().RunAsync()).Findings, finding => finding.Kind == FindingKind.AnchorWrong);
    }

    [Fact]
    public async Task An_authority_that_does_not_answer_stops_nothing_and_is_asked_again()
    {
        await using var database = await SealedAsync();
        answers = false;
        Assert.Equal(0, await database.Get<AnchorTrail>().RunAsync());
        answers = true;
        Assert.Equal(1, await database.Get<AnchorTrail>().RunAsync());
    }

    private async Task<TestDatabase> SealedAsync()
    {
        var database = await TestDatabase.CreateAsync(("AuditTracker:TimeStamp:Authority", address));
        await database.SealAllAsync();
        return database;
    }

    private async Task AnswerAsync()
    {
        while (door.IsListening)
        {
            HttpListenerContext asked;
            try
            {
                asked = await door.GetContextAsync();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            if (!answers)
            {
                asked.Response.StatusCode = 503;
                asked.Response.Close();
                continue;
            }
            await using (var query = File.Create(Path.Combine(folder, "query")))
            {
                await asked.Request.InputStream.CopyToAsync(query);
            }
            await OpensslAsync("ts", "-reply", "-config", "ts.cnf", "-section", "one", "-queryfile", "query", "-out", "reply");
            asked.Response.ContentType = "application/timestamp-reply";
            await asked.Response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(Path.Combine(folder, "reply")));
            asked.Response.Close();
        }
    }

    private async Task<int> OpensslAsync(params string[] arguments)
    {
        using var openssl = Process.Start(new ProcessStartInfo("openssl", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = openssl.StandardOutput.ReadToEndAsync();
        await openssl.StandardError.ReadToEndAsync();
        await said;
        await openssl.WaitForExitAsync();
        return openssl.ExitCode;
    }
}
