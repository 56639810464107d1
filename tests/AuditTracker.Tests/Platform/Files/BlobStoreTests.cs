using System.Security.Cryptography;
using System.Text;
using AuditTracker.Platform.Files;

namespace AuditTracker.Tests.Platform.Files;

public sealed class BlobStoreTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("blobs").FullName;
    private readonly BlobStore store;

    public BlobStoreTests() => store = new BlobStore(root);

    public void Dispose() => Directory.Delete(root, recursive: true);

    private string[] Files => Directory.GetFiles(root, "*", SearchOption.AllDirectories);

    private Task<Blob> Save(string text, long max = 1 << 20) => Save(Encoding.UTF8.GetBytes(text), max);

    private Task<Blob> Save(byte[] bytes, long max = 1L << 30) => store.SaveAsync(new MemoryStream(bytes), max, default);

    [Fact]
    public async Task Bytes_stand_read_only_under_their_own_hash()
    {
        var blob = await Save("abc");

        Assert.Equal(new Blob("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 3), blob);
        var path = Assert.Single(Files);
        Assert.EndsWith("sha256/ba/78/" + blob.Sha256, path);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & (UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
        using var reader = new StreamReader(store.Open(blob.Sha256));
        Assert.Equal("abc", await reader.ReadToEndAsync());
        Assert.True(await store.VerifyAsync(blob.Sha256));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((1 << 20) - 1)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    [InlineData((3 << 20) + 77)]
    public async Task Every_length_keeps_its_bytes(int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);

        var blob = await store.SaveAsync(new Trickle(bytes), length, default);

        Assert.Equal(new Blob(Convert.ToHexStringLower(SHA256.HashData(bytes)), length), blob);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Assert.Single(Files)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Good_bytes_take_the_place_of_a_damaged_copy(bool isCut)
    {
        var bytes = RandomNumberGenerator.GetBytes((2 << 20) + 5);
        var blob = await Save(bytes);
        var path = Assert.Single(Files);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var damaged = isCut ? bytes[..^1] : [.. bytes[..^1], (byte)(bytes[^1] ^ 1)];
        await File.WriteAllBytesAsync(path, damaged);
        Assert.False(await store.VerifyAsync(blob.Sha256));
        await using var reading = store.Open(blob.Sha256);

        Assert.Equal(blob, await Save(bytes));

        Assert.True(await store.VerifyAsync(blob.Sha256));
        Assert.Equal(path, Assert.Single(Files));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & (UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
        var read = new MemoryStream();
        await reading.CopyToAsync(read);
        Assert.Equal(damaged, read.ToArray());
    }

    [Fact]
    public async Task The_same_bytes_are_one_blob_with_a_new_time()
    {
        await Save("same");
        var path = Assert.Single(Files);
        var inode = await File.ReadAllBytesAsync(path);
        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Save("same"))));

        Assert.Equal(path, Assert.Single(Files));
        Assert.Equal(inode, await File.ReadAllBytesAsync(path));
        Assert.True(File.GetLastWriteTimeUtc(path) > DateTime.UtcNow.AddMinutes(-1));
    }

    [Fact]
    public async Task Too_large_leaves_nothing_and_the_limit_itself_is_allowed()
    {
        var refused = await Assert.ThrowsAsync<BlobTooLargeException>(() => Save(new byte[1001], max: 1000));
        Assert.Equal(1000, refused.MaxBytes);
        await Assert.ThrowsAsync<BlobTooLargeException>(() => Save(new byte[(3 << 20) + 1], max: 3 << 20));
        Assert.Empty(Files);

        Assert.Equal(1000, (await Save(new byte[1000], max: 1000)).Size);
    }

    [Fact]
    public async Task A_failing_or_cancelled_upload_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();
        var bytes = new byte[4 << 20];
        await Assert.ThrowsAsync<IOException>(() => store.SaveAsync(new Trickle(bytes, at => at > 3 << 20 ? throw new IOException("gone") : 0), long.MaxValue, default));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.SaveAsync(
            new Trickle(bytes, at =>
            {
                if (at > 3 << 20)
                {
                    cancel.Cancel();
                }

                return 0;
            }),
            long.MaxValue,
            cancel.Token));

        Assert.Empty(Files);
    }

    [Fact]
    public async Task A_changed_or_missing_blob_does_not_verify()
    {
        var blob = await Save("true");
        var path = Assert.Single(Files);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(path, "fals");
        Assert.False(await store.VerifyAsync(blob.Sha256));

        File.Delete(path);
        Assert.False(await store.VerifyAsync(blob.Sha256));
        Assert.False(store.Exists(blob.Sha256));
        Assert.False(store.Keep(blob.Sha256));
        Assert.Throws<FileNotFoundException>(() => store.Open(blob.Sha256));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    public void Only_a_hash_is_ever_a_path(string name) => Assert.Throws<ArgumentException>(() => store.Open(name));

    [Fact]
    public async Task The_sweep_takes_only_old_unreferenced_blobs_and_old_leftovers()
    {
        var old = DateTime.UtcNow.AddHours(-25);
        var blobs = new Dictionary<string, Blob>();
        foreach (var name in new[] { "fresh", "old", "referenced", "kept under the lock" })
        {
            blobs[name] = await Save(name);
            if (name != "fresh")
            {
                File.SetLastWriteTimeUtc(Files.Single(f => f.EndsWith(blobs[name].Sha256)), old);
            }
        }

        var leftover = Path.Combine(root, "incoming", "left");
        await File.WriteAllTextAsync(leftover, "");
        File.SetLastWriteTimeUtc(leftover, old);
        await File.WriteAllTextAsync(Path.Combine(root, "incoming", "running"), "");
        var asked = new List<string>();

        var removed = await store.RemoveUnreferencedAsync(
            (hash, remove, _) =>
            {
                asked.Add(hash);
                if (hash == blobs["kept under the lock"].Sha256)
                {
                    store.Keep(hash); // an upload of the same bytes came between
                }

                if (hash != blobs["referenced"].Sha256)
                {
                    remove();
                }

                return Task.CompletedTask;
            },
            default);

        Assert.Equal(2, removed);
        Assert.DoesNotContain(blobs["fresh"].Sha256, asked);
        Assert.Equal(3, asked.Count);
        Assert.Equal(
            new[] { blobs["fresh"].Sha256, blobs["kept under the lock"].Sha256, blobs["referenced"].Sha256, "running" }.Order(StringComparer.Ordinal),
            Files.Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_rename_never_replaces()
    {
        File.WriteAllText(Path.Combine(root, "a"), "new");
        File.WriteAllText(Path.Combine(root, "b"), "old");

        Assert.False(DurableFiles.TryMoveNew(Path.Combine(root, "a"), Path.Combine(root, "b")));
        Assert.Equal("old", File.ReadAllText(Path.Combine(root, "b")));
        Assert.True(DurableFiles.TryMoveNew(Path.Combine(root, "a"), Path.Combine(root, "c")));
        Assert.Throws<IOException>(() => DurableFiles.SyncDirectory(Path.Combine(root, "none")));
    }

    /// <summary>Gives odd small pieces, and can fail on the way.</summary>
    private sealed class Trickle(byte[] bytes, Func<long, int>? at = null) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            at?.Invoke(Position);
            return base.ReadAsync(buffer[..Math.Min(buffer.Length, 70_001)], cancellationToken);
        }
    }
}
