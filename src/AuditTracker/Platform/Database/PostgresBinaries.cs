namespace AuditTracker.Platform.Database;

/// <summary>The PostgreSQL programs of one major version, as Debian lays them out: <c>/usr/lib/postgresql/15/bin</c>.</summary>
/// <param name="Version">Major version, 15 or later.</param>
/// <param name="Folder">Folder with <c>initdb</c>, <c>pg_ctl</c>, <c>postgres</c>, <c>pg_dump</c>.</param>
public sealed record PostgresBinaries(int Version, string Folder)
{
    private const int Oldest = 15;
    private const string DebianRoot = "/usr/lib/postgresql";

    /// <summary>Full path of a program.</summary>
    public string this[string program] => Path.Combine(Folder, program);

    /// <summary>
    /// The programs for a database folder made by version <paramref name="madeBy"/>, or the newest ones when there is no folder yet.
    /// </summary>
    /// <exception cref="PrivateClusterException">They are not installed; the message names the Debian package.</exception>
    public static PostgresBinaries Find(int? madeBy = null, string root = DebianRoot)
    {
        var installed = !Directory.Exists(root)
            ? []
            : Directory.GetDirectories(root)
                .Select(folder => (Version: int.TryParse(Path.GetFileName(folder), out var version) ? version : 0, Bin: Path.Combine(folder, "bin")))
                .Where(found => found.Version >= Oldest && File.Exists(Path.Combine(found.Bin, "initdb")))
                .OrderByDescending(found => found.Version)
                .ToList();
        foreach (var (version, bin) in installed)
            if (madeBy is null || version == madeBy)
                return new PostgresBinaries(version, bin);
        throw new PrivateClusterException(madeBy is null
            ? $"PostgreSQL {Oldest} or later is not installed. Install the Debian package postgresql, "
              + "or set ConnectionStrings__Main and ConnectionStrings__Owner to use a server of your own."
            : $"The database was made by PostgreSQL {madeBy}, whose programs are not installed. Install the Debian package postgresql-{madeBy}.");
    }

    /// <summary>The programs that can dump and load a running server: of its version, else the nearest later one. Clients alone will do.</summary>
    /// <exception cref="PrivateClusterException">They are not installed; the message names the Debian package.</exception>
    public static PostgresBinaries ForServer(int server, string root = DebianRoot) =>
        (Directory.Exists(root) ? Directory.GetDirectories(root) : [])
            .Select(folder => new PostgresBinaries(int.TryParse(Path.GetFileName(folder), out var version) ? version : 0, Path.Combine(folder, "bin")))
            .Where(found => found.Version >= server && File.Exists(found["pg_dump"]))
            .MinBy(found => found.Version)
        ?? throw new PrivateClusterException($"The server is PostgreSQL {server}, and neither its programs nor later ones are installed. Install the Debian package postgresql-client-{server}.");
}

/// <summary>The private PostgreSQL cannot be used; the message says what to do.</summary>
public sealed class PrivateClusterException(string message, Exception? inner = null) : Exception(message, inner);
