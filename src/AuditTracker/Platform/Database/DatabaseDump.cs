using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace AuditTracker.Platform.Database;

/// <summary>
/// A database written to and read from one file by PostgreSQL's own programs, as the owner role. The job engine's tables stay out: they are made
/// anew and hold nothing but what is running.
/// </summary>
/// <param name="owner">Connection string of the owner role.</param>
/// <param name="binaries">Programs of the server's version or a later one.</param>
public sealed class DatabaseDump(string owner, PostgresBinaries binaries)
{
    /// <summary>Writes out what a snapshot sees, compressed.</summary>
    /// <param name="snapshot">From <c>pg_export_snapshot()</c> of a transaction that stays open meanwhile.</param>
    /// <param name="take">Reads the bytes to their end.</param>
    /// <exception cref="PrivateClusterException">The program failed; carries what it said.</exception>
    public async Task<T> WriteAsync<T>(string snapshot, Func<Stream, Task<T>> take, CancellationToken ct)
    {
        using var dump = Start("pg_dump", "--format=custom", "--no-owner", "--exclude-schema=quartz", "--no-password", "--lock-wait-timeout=600s", $"--snapshot={snapshot}");
        var said = dump.StandardError.ReadToEndAsync(ct);
        try
        {
            var taken = await take(dump.StandardOutput.BaseStream);
            await dump.WaitForExitAsync(ct);
            return dump.ExitCode == 0 ? taken : throw new PrivateClusterException($"The database cannot be written out: {(await said).Trim()}");
        }
        finally
        {
            if (!dump.HasExited)
            {
                dump.Kill();
            }
        }
    }

    /// <summary>Reads such a file into an empty database, all or nothing.</summary>
    /// <exception cref="PrivateClusterException">The program failed; carries what it said.</exception>
    public async Task ReadAsync(string file, CancellationToken ct)
    {
        using var restore = Start("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-password", "--dbname", new NpgsqlConnectionStringBuilder(owner).Database!);
        var said = restore.StandardError.ReadToEndAsync(ct);
        try
        {
            await using var input = File.OpenRead(file);
            await input.CopyToAsync(restore.StandardInput.BaseStream, ct);
            restore.StandardInput.Close();
        }
        catch (IOException) when (restore.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            // It has given up; what it said comes below.
        }
        await restore.WaitForExitAsync(ct);
        if (restore.ExitCode != 0)
        {
            throw new PrivateClusterException($"The database cannot be read in: {(await said).Trim()}");
        }
    }

    /// <summary>The server's major version.</summary>
    public static async Task<int> MajorAsync(NpgsqlConnection connection, CancellationToken ct) =>
        await connection.FirstAsync<int>("select current_setting('server_version_num')::int / 10000", ct: ct);

    private Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(binaries[program], arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["PGTZ"] = "UTC";
        // Never on the command line, which every user of the machine can read.
        var to = new NpgsqlConnectionStringBuilder(owner);
        foreach (var (name, value) in new (string, string?)[]
        {
            ("PGHOST", to.Host), ("PGPORT", to.Port.ToString(CultureInfo.InvariantCulture)), ("PGDATABASE", to.Database), ("PGUSER", to.Username), ("PGPASSWORD", to.Password),
            ("PGPASSFILE", to.Passfile), ("PGSSLROOTCERT", to.RootCertificate), ("PGSSLCERT", to.SslCertificate), ("PGSSLKEY", to.SslKey),
            ("PGSSLMODE", to.SslMode switch { SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", var mode => mode.ToString().ToLowerInvariant() }),
        })
        {
            if (!string.IsNullOrEmpty(value))
            {
                start.Environment[name] = value;
            }
        }
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }
}
