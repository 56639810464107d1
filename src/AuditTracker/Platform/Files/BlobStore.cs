using System.Buffers;
using System.Security.Cryptography;

namespace AuditTracker.Platform.Files;

/// <summary>
/// Files kept for ever under the SHA-256 of their bytes: <c>sha256/ab/cd/abcd…</c>, read-only, never overwritten but by the right bytes when these come again and what stands there is damaged.
/// A name exists only when all its bytes are on the disk, so a row may refer to it as soon as
/// <see cref="SaveAsync"/> has returned. Memory is flat whatever the size.
/// </summary>
/// <remarks>
/// Sweeping and committing meet on a lock of the caller's choice (an advisory lock on the hash): the transaction
/// that writes a row for a blob takes it and calls <see cref="Keep"/>; the sweep's caller takes it before asking
/// whether a row exists.
/// </remarks>
public sealed class BlobStore
{
    /// <summary>How long unreferenced blobs and left-over temporary files are left alone.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(1);

    private const int BufferSize = 1 << 20;
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead;

    private readonly string blobs;
    private readonly string incoming;
    private readonly TimeProvider clock;
    private readonly bool syncs;

    /// <param name="root">Usually <c>&lt;data&gt;/blobs</c>; created when missing. One file system holds all of it.</param>
    /// <param name="clock">The system clock (modification times are compared with it), never the business clock.</param>
    /// <param name="syncs">False leaves out every fsync: only where a crash throws everything away, and <see cref="DurableFiles.SyncFileSystem"/> ends the work.</param>
    public BlobStore(string root, TimeProvider? clock = null, bool syncs = true)
    {
        this.clock = clock ?? TimeProvider.System;
        this.syncs = syncs;
        blobs = Path.Combine(Path.GetFullPath(root), "sha256");
        incoming = Path.Combine(Path.GetFullPath(root), "incoming");
        DurableFiles.CreateDirectory(blobs);
        DurableFiles.CreateDirectory(incoming);
    }

    /// <summary>Reads the stream to its end and keeps its bytes durably; the same bytes twice are one blob with a new time.</summary>
    /// <exception cref="BlobTooLargeException">After <paramref name="maxBytes"/> bytes; the rest is not read, nothing is left.</exception>
    public async Task<Blob> SaveAsync(Stream content, long maxBytes, CancellationToken cancel)
    {
        var temporary = Path.Combine(incoming, Guid.NewGuid().ToString("N"));
        try
        {
            var blob = await WriteAsync(temporary, content, maxBytes, cancel);
            var target = PathOf(blob.Sha256);
            var folder = Path.GetDirectoryName(target)!;
            if (syncs)
            {
                DurableFiles.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder);
            }
            while (!DurableFiles.TryMoveNew(temporary, target))
            {
                // The copy that is there is read again, at less cost than ours was written: one that was damaged gives way to ours, in one step. Whoever has it open reads on in the old one.
                var there = await CheckAsync(blob.Sha256, null, cancel);
                if (there is BlobState.Changed or BlobState.Unreadable)
                {
                    File.Move(temporary, target, overwrite: true);
                    break;
                }
                if (there is BlobState.Whole && Keep(blob.Sha256))
                {
                    break;
                }
                // Swept meanwhile: our own copy takes the name after all.
            }

            if (syncs)
            {
                DurableFiles.SyncDirectory(folder); // also when it was there: its writer may not have come this far
            }
            return blob;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Opens for reading, seekable.</summary>
    /// <exception cref="FileNotFoundException">No such blob.</exception>
    public Stream Open(string sha256) => new FileStream(PathOf(sha256), new FileStreamOptions
    {
        Mode = FileMode.Open,
        Access = FileAccess.Read,
        Share = FileShare.Read | FileShare.Delete,
        Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
        BufferSize = 0,
    });

    public bool Exists(string sha256) => File.Exists(PathOf(sha256));

    /// <summary>Size in bytes as the disk tells it, or null when the blob is not there.</summary>
    public long? SizeOf(string sha256) => new FileInfo(PathOf(sha256)) is { Exists: true } file ? file.Length : null;

    /// <summary>Takes a blob away, durably, whoever refers to it: for copies that proved bad, and for what retention destroys.</summary>
    public void Remove(string sha256)
    {
        var path = PathOf(sha256);
        if (File.Exists(path))
        {
            File.Delete(path);
        }
        if (syncs && Directory.Exists(Path.GetDirectoryName(path)))
        {
            DurableFiles.SyncDirectory(Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>
    /// Gives the blob a new time, so that no sweep takes it for <see cref="Grace"/>. False when it is not there:
    /// a row for it must not be committed.
    /// </summary>
    public bool Keep(string sha256)
    {
        try
        {
            File.SetLastWriteTimeUtc(PathOf(sha256), clock.GetUtcNow().UtcDateTime);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Reads every byte again: true when they still have this hash, false when they changed or are gone.</summary>
    public async Task<bool> VerifyAsync(string sha256, CancellationToken cancel = default) => await CheckAsync(sha256, null, cancel) == BlobState.Whole;

    /// <summary>Reads every byte again and says what became of them.</summary>
    /// <param name="bytesPerSecond">The most that is read, so that people's own reading comes first; null: as fast as it goes.</param>
    public async Task<BlobState> CheckAsync(string sha256, long? bytesPerSecond, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            await using var stream = Open(sha256);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var (started, total) = (System.Diagnostics.Stopwatch.StartNew(), 0L);
            for (int read; (read = await stream.ReadAsync(buffer.AsMemory(0, BufferSize), cancel)) > 0;)
            {
                hash.AppendData(buffer, 0, read);
                total += read;
                if (bytesPerSecond is { } rate && TimeSpan.FromSeconds((double)total / rate) - started.Elapsed is { Ticks: > 0 } ahead)
                {
                    await Task.Delay(ahead, cancel);
                }
            }
            return Convert.ToHexStringLower(hash.GetHashAndReset()) == sha256 ? BlobState.Whole : BlobState.Changed;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return BlobState.Missing;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return BlobState.Unreadable;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Removes unreferenced blobs and left-over temporary files older than <see cref="Grace"/>.</summary>
    /// <param name="whenUnreferenced">
    /// Called with a hash and the removal: takes the lock of that hash, looks for a row and, only if there is none,
    /// calls the removal while still holding the lock. The removal looks at the time once more.
    /// </param>
    /// <returns>How many files were removed.</returns>
    public async Task<int> RemoveUnreferencedAsync(Func<string, Action, CancellationToken, Task> whenUnreferenced, CancellationToken cancel)
    {
        var removed = 0;
        foreach (var path in Directory.EnumerateFiles(incoming))
        {
            removed += RemoveOld(path);
        }

        foreach (var path in Directory.EnumerateFiles(blobs, "*", SearchOption.AllDirectories))
        {
            cancel.ThrowIfCancellationRequested();
            if (IsOld(path))
            {
                await whenUnreferenced(Path.GetFileName(path), () => removed += RemoveOld(path), cancel);
            }
        }

        return removed;
    }

    private async Task<Blob> WriteAsync(string path, Stream content, long maxBytes, CancellationToken cancel)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var filling = ArrayPool<byte>.Shared.Rent(BufferSize);
        var draining = ArrayPool<byte>.Shared.Rent(BufferSize);
        var drained = Task.CompletedTask;
        try
        {
            long size = 0;
            int read;
            while ((read = await content.ReadAtLeastAsync(filling.AsMemory(0, BufferSize), BufferSize, throwOnEndOfStream: false, cancel)) > 0)
            {
                if (size + read > maxBytes)
                {
                    throw new BlobTooLargeException(maxBytes);
                }

                await drained;
                (filling, draining) = (draining, filling);
                drained = DrainAsync(draining.AsMemory(0, read), size);
                size += read;
            }

            await drained;
            File.SetUnixFileMode(file, ReadOnly);
            if (syncs)
            {
                DurableFiles.Sync(file);
            }
            return new Blob(Convert.ToHexStringLower(hash.GetHashAndReset()), size);
        }
        finally
        {
            await drained.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the buffer and the hash are in use until then
            ArrayPool<byte>.Shared.Return(filling);
            ArrayPool<byte>.Shared.Return(draining);
        }

        // Hashing and writing one part run beside reading the next.
        Task DrainAsync(ReadOnlyMemory<byte> part, long offset) => Task.WhenAll(
            Task.Run(() => hash.AppendData(part.Span), CancellationToken.None),
            Task.Run(() => RandomAccess.Write(file, part.Span, offset), CancellationToken.None));
    }

    private int RemoveOld(string path)
    {
        if (!IsOld(path))
        {
            return 0;
        }

        File.Delete(path);
        return 1;
    }

    // A missing file has the year 1601, hence the second look.
    private bool IsOld(string path) =>
        File.GetLastWriteTimeUtc(path) < clock.GetUtcNow().UtcDateTime - Grace && File.Exists(path);

    /// <summary>Also the guard against paths: nothing but a hash is ever joined to the root.</summary>
    private string PathOf(string sha256)
    {
        if (sha256.Length != 64 || sha256.AsSpan().ContainsAnyExcept("0123456789abcdef"))
        {
            throw new ArgumentException("Not a SHA-256 in lower-case hexadecimal.", nameof(sha256));
        }

        return Path.Combine(blobs, sha256[..2], sha256[2..4], sha256);
    }
}
