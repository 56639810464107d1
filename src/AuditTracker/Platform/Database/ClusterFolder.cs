using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AuditTracker.Platform.Database;

/// <summary>
/// What the private cluster keeps in the data folder: <c>postgres/</c> (the database), <c>run/</c> (its socket), <c>keys/</c> (passwords),
/// <c>lock</c> (held around start and stop) and <c>in-use</c> (held shared by every process that uses the server).
/// </summary>
internal sealed record ClusterFolder(string Data, string Database, ServerUser User, PostgresBinaries Binaries)
{
    public const string LockFile = "lock";

    /// <summary>Unix socket paths end at 107 bytes; the socket's own name takes 14 of them.</summary>
    private const int LongestSocketFolder = 90;

    public string Keys => Path.Combine(Data, "keys");
    public string InUseFile => Path.Combine(Data, "in-use");
    public string StartLog => Path.Combine(Database, "start.log");

    public static void MakeData(string data)
    {
        // pg_ctl hands the path to a shell between double quotes.
        if (data.IndexOfAny(['"', '$', '`', '\\', '\n']) >= 0)
            throw new PrivateClusterException($"The path of the data folder has a character that PostgreSQL's programs cannot take (\" $ ` \\): {data}");
        if (Path.GetDirectoryName(data) is { } above)
            Directory.CreateDirectory(above);
        Directory.CreateDirectory(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Finds user and programs, makes the database folder when there is none. Call it under the lock.</summary>
    public static async Task<ClusterFolder> PrepareAsync(string data, ILogger log, CancellationToken stop)
    {
        var database = Path.Combine(data, "postgres");
        var user = await ServerUser.ForAsync(database, stop);
        await user.ReachAsync(data, stop);
        var versionFile = Path.Combine(database, "PG_VERSION");
        var made = File.Exists(versionFile);
        var folder = new ClusterFolder(data, database, user, PostgresBinaries.Find(made ? int.Parse(await File.ReadAllTextAsync(versionFile, stop), CultureInfo.InvariantCulture) : null));
        if (!made)
        {
            log.Log(LogLevel.Information, "Making a database with PostgreSQL {Version} in {Folder}", folder.Binaries.Version, database);
            await folder.InitialiseAsync(stop);
        }
        return folder;
    }

    /// <summary>Writes where the socket goes. Done before every start, because the data folder may have moved.</summary>
    public async Task ConfigureAsync(string extraSettings, CancellationToken stop)
    {
        var socketFolder = SocketFolder();
        await User.MakeFolderAsync(socketFolder, stop);
        Write(Path.Combine(Database, "audit-tracker.conf"), $"""
            # Written before every start. Settings of your own belong in postgresql.conf.
            listen_addresses = ''
            port = 5432
            unix_socket_directories = '{socketFolder.Replace("'", "''", StringComparison.Ordinal)}'
            unix_socket_permissions = 0700
            {extraSettings}
            """);
    }

    /// <summary>
    /// Takes away what a killed server left: its socket with the lock file beside it, which may name a zombie. No harm can come of it, for
    /// the folder is the cluster's own and <c>postmaster.pid</c> and the shared memory keep guard.
    /// </summary>
    public void RemoveLeftovers()
    {
        File.Delete(StartLog);
        foreach (var file in Directory.GetFiles(SocketFolder(), ".s.PGSQL.*"))
            File.Delete(file);
    }

    /// <summary>Takes away the socket's folder when it stands outside the data folder.</summary>
    public void RemoveForeignSocketFolder()
    {
        if (SocketFolder() is var folder && !folder.StartsWith(Data + '/', StringComparison.Ordinal) && Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>The last lines of what the server wrote while it tried to start.</summary>
    public string LastWords()
    {
        var logs = Path.Combine(Database, "log");
        var newest = Directory.Exists(logs) ? new DirectoryInfo(logs).GetFiles().OrderByDescending(file => file.LastWriteTimeUtc).FirstOrDefault()?.FullName : null;
        return string.Join('\n', new[] { StartLog, newest }.Where(File.Exists).SelectMany(file => File.ReadLines(file!).TakeLast(8)));
    }

    private async Task InitialiseAsync(CancellationToken stop)
    {
        // Made beside and renamed: a folder with the right name is always a whole one.
        var fresh = Database + ".new";
        if (Directory.Exists(fresh))
            Directory.Delete(fresh, recursive: true);
        await User.MakeFolderAsync(fresh, stop);
        (await User.RunAsUserAsync(
            [
                Binaries["initdb"], "-D", fresh, "-U", ClusterRoles.Superuser, "--encoding=UTF8", "--locale=C.UTF-8",
                "--auth=scram-sha-256", "--auth-local=peer", "--data-checksums", "--no-instructions", "--no-sync",
            ], stop)).Expect("The database cannot be made");
        File.AppendAllText(Path.Combine(fresh, "postgresql.conf"), """

            # Added by audit-tracker; yours to change.
            timezone = 'UTC'
            log_timezone = 'UTC'
            lc_messages = 'C'
            logging_collector = on
            log_filename = 'postgresql-%a.log'
            log_truncate_on_rotation = on
            log_line_prefix = '%m [%p] %u@%d '
            jit = off
            random_page_cost = 1.1
            include = 'audit-tracker.conf'

            """);
        Write(Path.Combine(fresh, "pg_hba.conf"), $"""
            # Nobody but root and the server's own user may be the superuser; the two roles have passwords.
            local all {ClusterRoles.Superuser} peer map=provision
            local all all scram-sha-256

            """);
        Write(Path.Combine(fresh, "pg_ident.conf"), $"""
            provision root {ClusterRoles.Superuser}
            provision "{User.Name}" {ClusterRoles.Superuser}

            """);
        // One sync of the file system instead of initdb's fsync of a thousand files.
        (await ServerUser.RunAsync(["sync", "-f", fresh], stop)).Expect("The new database cannot be brought to disk");
        Directory.Move(fresh, Database);
        (await ServerUser.RunAsync(["sync", Data], stop)).Expect("The new database cannot be brought to disk");
    }

    /// <summary>
    /// <c>&lt;data&gt;/run</c>, or a private folder with a name made from the path, when that is too long for a socket or has characters that
    /// mean something in lists of hosts.
    /// </summary>
    private string SocketFolder()
    {
        var run = Path.Combine(Data, "run");
        if (Encoding.UTF8.GetByteCount(run) <= LongestSocketFolder && run.All(c => char.IsLetterOrDigit(c) || c is '/' or '.' or '_' or '-'))
            return run;
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Data)))[..16];
        return Path.Combine(User.Switch ? "/run" : "/tmp", $"audit-tracker-{User.Uid}-{name}");
    }

    /// <summary>Replaces a file in the server's folder. The file is made anew: a link laid there must not be followed by root.</summary>
    private static void Write(string path, string text)
    {
        File.Delete(path);
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        File.SetUnixFileMode(stream.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        stream.Write(Encoding.UTF8.GetBytes(text + "\n"));
    }
}
