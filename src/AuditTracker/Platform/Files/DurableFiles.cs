using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AuditTracker.Platform.Files;

/// <summary>
/// What .NET lacks for files that must survive a power cut: a new name that never replaces an old one, and
/// fsync of the directory that holds the name.
/// </summary>
public static class DurableFiles
{
    /// <summary>Bytes and modes are on the disk when this returns; the name is durable after <see cref="SyncDirectory"/>.</summary>
    public static void Sync(SafeFileHandle file) => RandomAccess.FlushToDisk(file);

    /// <summary>Makes names added to or removed from the directory durable.</summary>
    /// <exception cref="IOException">The directory cannot be opened or synced.</exception>
    public static void SyncDirectory(string path)
    {
        var descriptor = open(path, 0); // O_RDONLY; .NET itself refuses to open a directory
        if (descriptor < 0)
        {
            throw Failure("open", path);
        }

        try
        {
            if (fsync(descriptor) != 0)
            {
                throw Failure("fsync", path);
            }
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    /// <summary>Makes everything written so far to the file system that holds this directory durable: one call for a thousand small files.</summary>
    /// <exception cref="IOException">The directory cannot be opened or synced.</exception>
    public static void SyncFileSystem(string path)
    {
        var descriptor = open(path, 0);
        if (descriptor < 0)
        {
            throw Failure("open", path);
        }

        try
        {
            if (syncfs(descriptor) != 0)
            {
                throw Failure("syncfs", path);
            }
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    /// <summary>Creates a directory and every missing parent, each one's name synced in its own parent.</summary>
    public static void CreateDirectory(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Directory.Exists(path))
        {
            return;
        }

        var parent = Path.GetDirectoryName(path);
        if (parent is not null)
        {
            CreateDirectory(parent);
        }

        Directory.CreateDirectory(path);
        if (parent is not null)
        {
            SyncDirectory(parent);
        }
    }

    /// <summary>
    /// Renames within one file system and never replaces: false (and the source stays) when the target exists.
    /// Not durable before <see cref="SyncDirectory"/> of the target's directory.
    /// </summary>
    public static bool TryMoveNew(string source, string target)
    {
        // File.Move(overwrite: false) may fall back to copying, which a crash can leave half done.
        if (renameat2(AtCurrentDirectory, source, AtCurrentDirectory, target, NoReplace) == 0)
        {
            return true;
        }

        switch (Marshal.GetLastPInvokeError())
        {
            case AlreadyExists:
                return false;
            case NotSupported or InvalidArgument: // file systems without the flag, for example NFS
                if (File.Exists(target))
                {
                    return false;
                }

                File.Move(source, target, overwrite: true);
                return true;
            default:
                throw Failure("rename", target);
        }
    }

    private const int AtCurrentDirectory = -100;
    private const uint NoReplace = 1;
    private const int AlreadyExists = 17;
    private const int InvalidArgument = 22;
    private const int NotSupported = 38;

    private static IOException Failure(string call, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} {path}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(int descriptor);

    [DllImport("libc", SetLastError = true)]
    private static extern int syncfs(int descriptor);

    [DllImport("libc")]
    private static extern int close(int descriptor);

    [DllImport("libc", SetLastError = true)]
    private static extern int renameat2(
        int sourceDirectory,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string source,
        int targetDirectory,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string target,
        uint flags);
}
