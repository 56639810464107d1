using AuditTracker.Evidence;
using AuditTracker.Platform.Files;
using AuditTracker.Tests.Support;
using AuditTracker.Trail;

namespace AuditTracker.Tests.Evidence;

/// <summary>The scrubber names what is gone or changed, and takes it back once it is whole again.</summary>
public sealed class ScrubFilesTests(Desk desk) : IClassFixture<Desk>
{
    private string PathOf(string sha256) => Directory.GetFiles(Path.Combine(desk.App.Database.Installation.Settings.Data, "blobs"), sha256, SearchOption.AllDirectories).Single();

    [Fact]
    public async Task A_flipped_byte_and_a_deleted_file_are_named_by_the_job_the_page_the_line_and_the_verifier()
    {
        var request = await desk.RequestAsync("読み直し");
        await desk.HandInAsync(await desk.CollectionAsync(request, "2026-04-01"), Cast.Alice, "変わるファイル", name: "変わる.csv");
        await desk.HandInAsync(await desk.CollectionAsync(request, "2026-07-01"), Cast.Alice, "消えるファイル", name: "消える.csv");
        var (changed, missing) = (await ShaAsync("変わる.csv"), await ShaAsync("消える.csv"));
        var job = desk.App.Get<ScrubFiles>();
        Assert.True(await job.RunAsync(default) >= 2);
        Assert.Equal(0, await job.RunAsync(default)); // each once in its days
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from blob_checks where state <> 'whole'"));

        var (path, gone) = (PathOf(changed), PathOf(missing));
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[3] ^= 1;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllBytesAsync(path, bytes);
        var kept = await File.ReadAllBytesAsync(gone);
        File.Delete(gone);
        await desk.App.Database.ArrangeAsync("update blob_checks set checked_at = now() - interval '31 days'");
        await job.RunAsync(default);
        Assert.Equal(("changed", "missing"), (await StateAsync(changed), await StateAsync(missing)));
        var page = await (await desk.App.PagesAsAsync(Cast.Adam)).PageAsync("/health");
        Assert.Contains(changed, page);
        Assert.Contains(missing, page);
        Assert.Contains("2件が、なくなったか変わっています", await (await desk.App.PagesAsAsync(Cast.Manami)).PageAsync("/"));
        Assert.Equal(2, await desk.App.Database.ScalarAsync<long>("select count(*) from trail.entries where what = 'file.damaged'"));
        var verdict = await desk.App.Get<VerifyTrail>().RunAsync(withFiles: true);
        Assert.Contains(verdict.Findings, finding => finding.Kind == FindingKind.FileChanged && finding.Where == changed);
        Assert.Contains(verdict.Findings, finding => finding.Kind == FindingKind.FileMissing && finding.Where == missing);

        bytes[3] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        await File.WriteAllBytesAsync(gone, kept);
        await desk.App.Database.ArrangeAsync("update blob_checks set checked_at = now() - interval '25 hours'");
        Assert.Equal(2, await job.RunAsync(default)); // what was wrong is read again after a day, the others are not
        Assert.Equal(("whole", "whole"), (await StateAsync(changed), await StateAsync(missing)));
        Assert.DoesNotContain("なくなったか変わっています", await (await desk.App.PagesAsAsync(Cast.Manami)).PageAsync("/"));
    }

    [Fact]
    public async Task Reading_keeps_to_its_rate()
    {
        var folder = Directory.CreateTempSubdirectory("scrub").FullName;
        var store = new BlobStore(folder, syncs: false);
        var blob = await store.SaveAsync(new MemoryStream(new byte[3 << 20]), long.MaxValue, default);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(BlobState.Whole, await store.CheckAsync(blob.Sha256, 6 << 20, default));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.45, 30);
        Directory.Delete(folder, recursive: true);
    }

    private Task<string> ShaAsync(string name) => desk.App.Database.ScalarAsync<string>("select sha256 from evidence where file_name = @name", new { name });

    private Task<string> StateAsync(string sha256) => desk.App.Database.ScalarAsync<string>("select state from blob_checks where sha256 = @sha256", new { sha256 });
}
