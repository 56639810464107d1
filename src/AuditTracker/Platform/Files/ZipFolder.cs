using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace AuditTracker.Platform.Files;

/// <summary>How much a ZIP may hold. What it declares is checked before anything is unpacked, and no entry is read beyond it.</summary>
public sealed record ZipLimits
{
    public int MaxEntries { get; init; } = 5000;

    /// <summary>All entries unpacked; 8 GiB.</summary>
    public long MaxUnpacked { get; init; } = 8L << 30;

    /// <summary>One entry unpacked; 2 GiB.</summary>
    public long MaxEntry { get; init; } = 2L << 30;

    /// <summary>How many times larger the whole may become. Office files hardly shrink; logs do, by 20 or 50.</summary>
    public int MaxRatio { get; init; } = 200;
}

/// <summary>Why a ZIP is not taken.</summary>
public enum ZipProblem { Damaged, TooManyEntries, TooLarge, Encrypted }

/// <summary>A file in a ZIP, by the path its maker gave it. The path is compared, shown and cut to its name; it is never used as a path here.</summary>
/// <param name="Path">With forward slashes.</param>
/// <param name="Position">Its place in the ZIP.</param>
public sealed record ZipFile(string Path, int Position, long Size);

/// <summary>Reads ZIP files that others made: bounded, names of Windows (CP932), macOS and Linux alike, files of systems left out.</summary>
public static class ZipFolder
{
    /// <summary>The files, or why it is not taken. Throws nothing, whatever the bytes are.</summary>
    /// <param name="content">Seekable; stays open.</param>
    public static (IReadOnlyList<ZipFile> Files, ZipProblem? Problem) List(Stream content, ZipLimits limits)
    {
        try
        {
            if (Bound(content, limits) is { } beyond)
            {
                return ([], beyond);
            }
            using var zip = Open(content);
            if (Beyond(zip, content.Length, limits) is { } larger)
            {
                return ([], larger);
            }
            var files = new List<ZipFile>();
            foreach (var (entry, position) in zip.Entries.Select((entry, position) => (entry, position)))
            {
                if (entry.IsEncrypted)
                {
                    return ([], ZipProblem.Encrypted);
                }
                var path = NameOf(entry.FullName).Replace('\\', '/');
                if (!path.EndsWith('/') && !IsOfASystem(path))
                {
                    files.Add(new(path, position, entry.Length));
                }
            }
            return (files, null);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException or NotSupportedException or OverflowException)
        {
            return ([], ZipProblem.Damaged);
        }
    }

    /// <summary>Hands one file's bytes to <paramref name="read"/>; the stream ends where the ZIP says the file does.</summary>
    /// <exception cref="InvalidDataException">Damaged.</exception>
    public static async Task<T> ReadAsync<T>(Stream content, int position, Func<Stream, Task<T>> read)
    {
        using var zip = Open(content);
        await using var entry = await zip.Entries[position].OpenAsync();
        return await read(entry);
    }

    /// <summary>
    /// What is wrong with the directory before it is read; null: nothing. Its reader takes all of it into memory, whatever its count says, so its size is looked at first.
    /// </summary>
    /// <param name="content">Seekable; its place is lost.</param>
    internal static ZipProblem? Bound(Stream content, ZipLimits limits)
    {
        const int endBytes = 22, mostComment = ushort.MaxValue, locatorBytes = 20;
        var tail = new byte[(int)Math.Min(content.Length, endBytes + mostComment + locatorBytes)];
        content.Position = content.Length - tail.Length;
        content.ReadExactly(tail);
        var end = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (end < 0 || tail.Length - end < endBytes)
        {
            return ZipProblem.Damaged;
        }
        long count = BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(end + 10)), start = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 16));
        // The reader takes the 64-bit record for any of three marks, and looks for its locator a little further up than it belongs.
        var isLarge = BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(end + 4)) == ushort.MaxValue || count == ushort.MaxValue || start == uint.MaxValue;
        var locator = tail.AsSpan(0, end).LastIndexOf("PK\x06\x07"u8);
        if (isLarge && locator >= end - 3 * locatorBytes && locator >= 0)
        {
            if (locator != end - locatorBytes)
            {
                return ZipProblem.Damaged;
            }
            var large = new byte[56];
            content.Position = Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(end - locatorBytes + 8)), 0, Math.Max(0, content.Length - large.Length));
            content.ReadAtLeast(large, large.Length, throwOnEndOfStream: false);
            var (shortCount, shortStart) = (count, start);
            (count, start) = (BinaryPrimitives.ReadInt64LittleEndian(large.AsSpan(32)), BinaryPrimitives.ReadInt64LittleEndian(large.AsSpan(48)));
            if ((shortCount != ushort.MaxValue && shortCount != count) || (shortStart != uint.MaxValue && shortStart != start))
            {
                return ZipProblem.Damaged;
            }
        }
        content.Position = 0;
        return count < 0 || start < 0 || start > content.Length ? ZipProblem.Damaged
            : count > limits.MaxEntries || content.Length - start > Math.Max(1 << 20, limits.MaxEntries * 1024L) ? ZipProblem.TooManyEntries : null;
    }

    /// <summary>What the directory declares is more than may be; null: it is not.</summary>
    internal static ZipProblem? Beyond(ZipArchive zip, long packed, ZipLimits limits)
    {
        if (zip.Entries.Count > limits.MaxEntries)
        {
            return ZipProblem.TooManyEntries;
        }
        long total = 0;
        foreach (var entry in zip.Entries)
        {
            if (entry.Length < 0 || entry.Length > limits.MaxEntry || (total += entry.Length) > limits.MaxUnpacked)
            {
                return ZipProblem.TooLarge;
            }
        }
        return total > Math.Max(1 << 20, packed) * limits.MaxRatio ? ZipProblem.TooLarge : null;
    }

    // Latin-1 keeps the bytes of names that are not marked as UTF-8, so that they can be read as what they are.
    internal static ZipArchive Open(Stream content) => new(content, ZipArchiveMode.Read, leaveOpen: true, Encoding.Latin1);

    /// <summary>An entry's name as people wrote it.</summary>
    internal static string NameOf(string given)
    {
        if (given.All(char.IsAscii) || given.Any(letter => letter > 0xFF))
        {
            return given;
        }
        var decoded = DecodedText.Of(Encoding.Latin1.GetBytes(given));
        return decoded.Problem is null ? decoded.Text : given;
    }

    private static bool IsOfASystem(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return path.StartsWith("__MACOSX/", StringComparison.Ordinal) || name.StartsWith("._", StringComparison.Ordinal) || name is ".DS_Store" or "Thumbs.db" or "desktop.ini";
    }
}
