using System.IO.Compression;
using System.Text;
using AuditTracker.Platform.Files;

namespace AuditTracker.Tests.Platform.Files;

public sealed class ZipFolderTests
{
    [Fact]
    public async Task Names_of_Windows_macOS_and_Linux_are_read_and_files_of_systems_left_out()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var windows = Zip(Encoding.GetEncoding(932), ("証跡\\髙橋_棚卸し.csv", "a"));
        var others = Zip(Encoding.UTF8, ("証跡/髙橋_棚卸し.csv", "a"), ("__MACOSX/._x", "b"), (".DS_Store", "c"), ("空/", ""));
        var plain = Zip(Encoding.Latin1, (Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("証跡/髙橋_棚卸し.csv")), "a"));

        foreach (var zip in new[] { windows, others, plain })
        {
            var (files, problem) = ZipFolder.List(new MemoryStream(zip), new ZipLimits());
            Assert.Null(problem);
            var file = Assert.Single(files);
            Assert.Equal(("証跡/髙橋_棚卸し.csv", 1L), (file.Path, file.Size));
            Assert.Equal("a", await ZipFolder.ReadAsync(new MemoryStream(zip), file.Position, content => new StreamReader(content).ReadToEndAsync()));
        }
    }

    [Fact]
    public void A_bomb_is_seen_before_anything_is_unpacked()
    {
        var bomb = Zip(Encoding.UTF8, ("zeros", new string('0', 300 << 20)));

        Assert.True(bomb.Length < 1 << 20);
        Assert.Equal(ZipProblem.TooLarge, ZipFolder.List(new MemoryStream(bomb), new ZipLimits()).Problem);
        Assert.Equal(ZipProblem.TooLarge, ZipFolder.List(new MemoryStream(bomb), new ZipLimits { MaxEntry = 1 << 20 }).Problem);
        Assert.Equal(ZipProblem.TooManyEntries, ZipFolder.List(new MemoryStream(Zip(Encoding.UTF8, ("a", ""), ("b", ""))), new ZipLimits { MaxEntries = 1 }).Problem);
        Assert.Equal(ZipProblem.Damaged, ZipFolder.List(new MemoryStream([.. "PK\u0003\u0004 no more"u8]), new ZipLimits()).Problem);
        Assert.Equal(ZipProblem.Damaged, ZipFolder.List(new MemoryStream(bomb[..(bomb.Length / 2)]), new ZipLimits()).Problem);
    }

    [Fact]
    public async Task An_entry_that_is_longer_than_it_says_ends_where_it_says()
    {
        var zip = Zip(Encoding.UTF8, ("a.txt", new string('x', 1000)));
        // The directory at the end says 10 bytes.
        var directory = zip.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(zip.AsSpan(directory + 24), 10);

        var file = Assert.Single(ZipFolder.List(new MemoryStream(zip), new ZipLimits()).Files);
        var read = await Record.ExceptionAsync(() => ZipFolder.ReadAsync(new MemoryStream(zip), file.Position, async content =>
        {
            var bytes = new MemoryStream();
            await content.CopyToAsync(bytes);
            Assert.InRange(bytes.Length, 0, 10);
            return 0;
        }));
        Assert.True(read is null or InvalidDataException, $"{read}");
    }

    internal static byte[] Zip(Encoding names, params (string Name, string Content)[] files)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true, names))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }
        return bytes.ToArray();
    }
}
