using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AuditTracker.Tests.Support;

/// <summary>
/// Debian's own mail server (package exim4-daemon-light) on a port of the loopback, with a queue, a certificate and mailboxes of its own, as its unprivileged user. It
/// delivers to one Maildir, turns <c>later…</c> away for now and <c>nobody…</c> for good. (Debian's postfix and opensmtpd run as root only.)
/// </summary>
internal sealed class RealExim : IAsyncDisposable
{
    public const string Program = "/usr/sbin/exim4";
    private const string User = "Debian-exim";
    private readonly string folder = Directory.CreateTempSubdirectory("exim").FullName;
    private Process? process;

    public int Port { get; } = FreePort();

    public X509Certificate2 Authority { get; private set; } = null!;

    /// <summary>Message-Ids in the mailbox, one for each copy.</summary>
    public IReadOnlyList<string> Delivered => Directory.Exists(Path.Combine(folder, "mail", "new"))
        ? [.. Directory.GetFiles(Path.Combine(folder, "mail", "new")).Select(file => File.ReadLines(file).First(line => line.StartsWith("Message-ID: <", StringComparison.OrdinalIgnoreCase))[13..^1])]
        : [];

    public async Task StartAsync()
    {
        Assert.True(File.Exists(Program), $"{Program} is missing: install exim4-daemon-light, as ops/test does.");
        if (process is null)
        {
            Directory.CreateDirectory(Path.Combine(folder, "spool"));
            Directory.CreateDirectory(Path.Combine(folder, "mail"));
            Authority = SmtpPeer.Certificate();
            await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), Authority.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
            await File.WriteAllTextAsync(Path.Combine(folder, "certificate.pem"), Authority.ExportCertificatePem());
            await File.WriteAllTextAsync(Path.Combine(folder, "conf"), $$"""
                primary_hostname = mta.example.test
                spool_directory = {{folder}}/spool
                log_file_path = {{folder}}/%slog
                pid_file_path = {{folder}}/pid
                keep_environment =
                deliver_drop_privilege
                tls_certificate = {{folder}}/certificate.pem
                tls_privatekey = {{folder}}/key.pem
                tls_advertise_hosts = *
                acl_smtp_rcpt = rcpt
                begin acl
                rcpt:
                  deny local_parts = ^nobody
                       message = 5.1.1 no such user
                  defer local_parts = ^later
                       message = 4.2.1 come again
                  accept
                begin routers
                all:
                  driver = accept
                  transport = box
                begin transports
                box:
                  driver = appendfile
                  directory = {{folder}}/mail
                  maildir_format
                  create_directory
                begin retry
                * * F,2h,15m

                """);
            if (Environment.UserName == "root")
            {
                Process.Start("chown", ["-R", $"{User}:{User}", folder]).WaitForExit();
            }
        }
        string[] exim = [Program, "-C", Path.Combine(folder, "conf"), "-bdf", "-oX", $"127.0.0.1.{Port}", "-q1s"];
        // Root becomes its user; anybody else is its user in a name space of their own.
        var start = Environment.UserName == "root" ? new ProcessStartInfo("setpriv", ["--reuid", User, "--regid", User, "--clear-groups", .. exim])
            : new ProcessStartInfo("unshare", ["--user", $"--map-user={await IdAsync("-u")}", $"--map-group={await IdAsync("-g")}", .. exim]);
        (start.RedirectStandardOutput, start.RedirectStandardError, start.WorkingDirectory) = (true, true, folder);
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var turn = 0; turn < 300 && !await AnswersAsync(); turn++)
        {
            Assert.False(process.HasExited, "exim ended at once");
            await Task.Delay(100);
        }
    }

    /// <summary>SIGKILL to it and to whatever it has begun.</summary>
    public async Task KillAsync()
    {
        process!.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    /// <summary>Waits until these mails are in the mailbox; half a minute at the most.</summary>
    public async Task UntilAsync(IReadOnlyCollection<string> ids)
    {
        for (var turn = 0; turn < 300 && ids.Except(Delivered).Any(); turn++)
        {
            await Task.Delay(100);
        }
        Assert.Empty(ids.Except(Delivered));
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await KillAsync();
        }
        process?.Dispose();
        Authority?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string> IdAsync(string which)
    {
        using var id = Process.Start(new ProcessStartInfo("id", [which, User]) { RedirectStandardOutput = true })!;
        return (await id.StandardOutput.ReadToEndAsync()).Trim();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
