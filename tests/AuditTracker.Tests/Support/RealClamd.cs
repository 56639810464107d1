using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace AuditTracker.Tests.Support;

/// <summary>Debian's clamd (package clamav-daemon) on a socket and a port of its own, with one signature: the test file every scanner knows.</summary>
internal sealed class RealClamd : IAsyncDisposable
{
    public const string Program = "/usr/sbin/clamd";
    private readonly string folder = Directory.CreateTempSubdirectory("clamd").FullName;
    private Process? process;

    /// <summary>The harmless test file, put together here: a scanner on the machine that builds this would take a whole one away.</summary>
    public static string Eicar { get; } = string.Concat(@"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-", "ANTIVIRUS-TEST-", "FILE!$H+H*");

    public string Address => $"unix:{folder}/clamd.ctl";

    /// <param name="streamMax">The most it takes of one file.</param>
    public async Task StartAsync(string streamMax = "1M")
    {
        Assert.True(File.Exists(Program), $"{Program} is missing: install clamav-daemon, as ops/test does.");
        var database = Directory.CreateDirectory(Path.Combine(folder, "db")).FullName;
        await File.WriteAllTextAsync(Path.Combine(database, "test.ndb"), $"Eicar-Signature:0:0:{Convert.ToHexStringLower(Encoding.ASCII.GetBytes(Eicar))}\n");
        var settings = Path.Combine(folder, "clamd.conf");
        await File.WriteAllTextAsync(settings, $"""
            DatabaseDirectory {database}
            LocalSocket {folder}/clamd.ctl
            FixStaleSocket yes
            Foreground yes
            StreamMaxLength {streamMax}
            MaxThreads 2

            """);
        process = Process.Start(new ProcessStartInfo(Program, ["--config-file", settings]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var turn = 0; turn < 300 && !await AnswersAsync(); turn++)
        {
            Assert.False(process.HasExited, "clamd ended at once");
            await Task.Delay(100);
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint($"{folder}/clamd.ctl"));
            await socket.SendAsync("zPING\0"u8.ToArray());
            return await socket.ReceiveAsync(new byte[16]) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async Task StopAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        process?.Dispose();
        process = null;
        File.Delete(Path.Combine(folder, "clamd.ctl"));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(folder, recursive: true);
    }
}
