using System.Globalization;

namespace AuditTracker.Platform.Database;

/// <summary>The running server of a database folder, as its <c>postmaster.pid</c> tells.</summary>
/// <param name="Pid">Process.</param>
/// <param name="SocketFolder">Folder of its socket.</param>
/// <param name="Ready">True when it takes connections.</param>
internal sealed record Postmaster(int Pid, string SocketFolder, bool Ready)
{
    /// <summary>
    /// The live server of the folder, or null. A file that names a zombie or somebody else's process (numbers come round quickly in
    /// containers) is removed, because PostgreSQL would take either for a running server; one that names nobody is left to PostgreSQL.
    /// </summary>
    public static async Task<Postmaster?> FindAsync(string databaseFolder, CancellationToken stop)
    {
        var file = Path.Combine(databaseFolder, "postmaster.pid");
        string[] lines;
        try
        {
            lines = await File.ReadAllLinesAsync(file, stop);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        if (lines.Length == 0 || !int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || !Directory.Exists($"/proc/{pid}"))
            return null;
        if (!IsZombie(pid))
        {
            var places = await ServerUser.RunAsync(["stat", "-L", "-c", "%d:%i", $"/proc/{pid}/cwd", databaseFolder], stop);
            if (places.Output.Split('\n') is [var here, var wanted] && here == wanted)
                return new Postmaster(pid, lines.ElementAtOrDefault(4)?.Trim() ?? "", lines.ElementAtOrDefault(7)?.Trim() == "ready");
            if (!Directory.Exists($"/proc/{pid}"))
                return null;
        }
        File.Delete(file);
        return null;
    }

    /// <summary>Whether the process is there and no zombie; two reads of /proc, cheap enough for every second.</summary>
    public static bool Lives(int pid) => Directory.Exists($"/proc/{pid}") && !IsZombie(pid);

    private static bool IsZombie(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('Z');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
