using System.Diagnostics;

namespace AuditTracker.Platform.Database;

/// <summary>
/// Whom the private PostgreSQL runs as. PostgreSQL refuses root, so as root we step down: to the owner of the database folder when there
/// is one, else to Debian's <c>postgres</c>.
/// </summary>
/// <param name="Name">Login name.</param>
/// <param name="Uid">Numeric user.</param>
/// <param name="Gid">Numeric group.</param>
/// <param name="Switch">True when commands must change user (we are root).</param>
internal sealed record ServerUser(string Name, string Uid, string Gid, bool Switch)
{
    public static async Task<ServerUser> ForAsync(string databaseFolder, CancellationToken stop)
    {
        var owner = Directory.Exists(databaseFolder) ? (await RunAsync(["stat", "-c", "%u", databaseFolder], stop)).Output : null;
        if (!Environment.IsPrivilegedProcess)
        {
            var self = await LookUpAsync(null, stop) ?? throw new PrivateClusterException("The user of this process has no name in /etc/passwd; PostgreSQL needs one.");
            return owner is null || owner == self.Uid
                ? self
                : throw new PrivateClusterException($"{databaseFolder} belongs to user {owner}, not to {self.Name}. Run as that user, or as root.");
        }
        var user = await LookUpAsync(owner ?? "postgres", stop) ?? throw new PrivateClusterException(owner is null
            ? "PostgreSQL does not run as root, and there is no user postgres to run it as. Install the Debian package postgresql, or start as another user."
            : $"{databaseFolder} belongs to user {owner}, who is not in /etc/passwd.");
        return user.Uid != "0" ? user : throw new PrivateClusterException($"{databaseFolder} belongs to root, and PostgreSQL does not run as root. Give it to the user postgres.");
    }

    /// <summary>Runs a command as this user, with a clean environment: secrets of ours must not reach the server.</summary>
    public Task<Finished> RunAsUserAsync(IReadOnlyList<string> command, CancellationToken stop) =>
        RunAsync(Switch ? ["setpriv", "--reuid", Uid, "--regid", Gid, "--init-groups", .. command] : command, stop);

    /// <summary>Makes a folder of mode 0700 that belongs to this user.</summary>
    public async Task MakeFolderAsync(string path, CancellationToken stop)
    {
        string[] owner = Switch ? ["-o", Uid, "-g", Gid] : [];
        (await RunAsync(["install", "-d", "-m", "700", .. owner, path], stop)).Expect($"{path} cannot be made");
    }

    /// <summary>
    /// Makes sure that this user can pass through every folder down to <paramref name="data"/>. The data folder itself is ours to open (to the
    /// user's group only); folders above it are not.
    /// </summary>
    /// <exception cref="PrivateClusterException">Names the folder that bars the way.</exception>
    public async Task ReachAsync(string data, CancellationToken stop)
    {
        if (!Switch)
            return;
        var way = new List<string>();
        for (var folder = data; folder is not null; folder = Path.GetDirectoryName(folder))
            way.Insert(0, folder);
        const string FirstClosed = """for folder; do test -x "$folder" || { printf '%s\n' "$folder"; exit 0; }; done""";
        for (var opened = false; ;)
        {
            var closed = (await RunAsUserAsync(["sh", "-c", FirstClosed, "sh", .. way], stop)).Expect("The way to the data folder cannot be checked").Output;
            if (closed.Length == 0)
                return;
            if (closed != data || opened)
                throw new PrivateClusterException($"PostgreSQL runs as the user {Name}, who cannot enter {closed}. Allow that (chmod o+x {closed}), or choose another data folder with --data.");
            (await RunAsync(["chgrp", Gid, data], stop)).Expect($"{data} cannot be opened to {Name}");
            File.SetUnixFileMode(data, File.GetUnixFileMode(data) | UnixFileMode.GroupExecute);
            opened = true;
        }
    }

    public static async Task<Finished> RunAsync(IReadOnlyList<string> command, CancellationToken stop)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(stop);
            var error = process.StandardError.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            return new Finished(process.ExitCode, (await output).Trim(), (await error).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    private static async Task<ServerUser?> LookUpAsync(string? who, CancellationToken stop)
    {
        string[] whom = who is null ? [] : [who];
        var name = await RunAsync(["id", "-un", .. whom], stop);
        var uid = await RunAsync(["id", "-u", .. whom], stop);
        var gid = await RunAsync(["id", "-g", .. whom], stop);
        return name.ExitCode == 0 ? new ServerUser(name.Output, uid.Output, gid.Output, Environment.IsPrivilegedProcess) : null;
    }
}

/// <summary>How a command ended.</summary>
internal sealed record Finished(int ExitCode, string Output, string Error)
{
    /// <exception cref="PrivateClusterException">The command failed; carries what it printed.</exception>
    public Finished Expect(string otherwise) =>
        ExitCode == 0 ? this : throw new PrivateClusterException($"{otherwise}: {string.Join(' ', Error, Output).Trim()}");
}
