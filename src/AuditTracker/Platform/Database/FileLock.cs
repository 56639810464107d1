namespace AuditTracker.Platform.Database;

/// <summary>
/// <c>flock(2)</c> by way of <see cref="FileStream"/>: on Linux <see cref="FileShare.None"/> takes LOCK_EX, and reading with
/// <see cref="FileShare.Read"/> takes LOCK_SH. The kernel lets go when the process ends, however it ends.
/// </summary>
internal static class FileLock
{
    private const int WouldBlock = 11;

    /// <summary>An exclusive lock, or null when somebody else holds the file.</summary>
    public static FileStream? TryExclusive(string path) => Try(path, FileAccess.ReadWrite, FileShare.None);

    /// <summary>A shared lock, or null when somebody holds the file exclusively.</summary>
    public static FileStream? TryShared(string path) => Try(path, FileAccess.Read, FileShare.Read);

    /// <summary>Waits for the exclusive lock.</summary>
    public static async Task<FileStream> ExclusiveAsync(string path, CancellationToken stop)
    {
        FileStream? taken;
        while ((taken = TryExclusive(path)) is null)
            await Task.Delay(50, stop);
        return taken;
    }

    private static FileStream? Try(string path, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, access, share, bufferSize: 0);
        }
        catch (IOException error) when (error.HResult == WouldBlock)
        {
            return null;
        }
    }
}
