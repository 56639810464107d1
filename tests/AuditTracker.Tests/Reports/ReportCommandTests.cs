using AuditTracker.Commands;
using AuditTracker.Reports;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Reports;

public sealed class ReportCommandTests(Quarter.Played played) : IClassFixture<Quarter.Played>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("audit-tracker-report-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_command_line_writes_the_same_bytes_and_leaves_an_act()
    {
        var file = Path.Combine(folder, "証跡一覧.xlsx");
        await File.WriteAllTextAsync(file, "an older one");

        var summary = await Report.WriteAsync(played.Database.Services, new ReportInput(Quarter.Framework, new(2026, 7, 1), new(2026, 9, 30), Quarter.Cutoff, "ja"), file);

        Assert.Equal(await Quarter.WriteAsync(played.Database, Quarter.Order()), await File.ReadAllBytesAsync(file));
        Assert.Equal([file], Directory.GetFiles(folder));
        Assert.Equal(5, summary.Pieces);
        Assert.Equal("operator:report", await played.Database.ScalarAsync<string>("select actor from trail.entries where what = 'report.written'"));
    }

    [Fact]
    public async Task A_wrong_order_is_named_and_no_file_is_left()
    {
        var file = Path.Combine(folder, "x.xlsx");

        var refused = await Assert.ThrowsAsync<UsageException>(() => Report.WriteAsync(played.Database.Services, new ReportInput("iso9001", new(2026, 7, 1), new(2026, 9, 30), null, "ja"), file));

        Assert.Equal("There is no framework \"iso9001\".", refused.Message);
        Assert.Empty(Directory.GetFiles(folder));
        await Assert.ThrowsAsync<UsageException>(() => Report.RunAsync(["training", "--out", file]));
        await Assert.ThrowsAsync<UsageException>(() => Report.RunAsync(["evidence", "--framework", "iso27001-2022", "--from", "1 July", "--to", "2026-09-30", "--out", file]));
    }
}
