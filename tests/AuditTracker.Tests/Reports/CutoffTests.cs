using System.Data;
using AuditTracker.Evidence;
using AuditTracker.Tests.Platform.Workbooks;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Reports;

public sealed class CutoffTests
{
    [Fact]
    public async Task What_happens_after_the_cut_off_changes_no_byte()
    {
        await using var database = await TestDatabase.CreateAsync();
        await Quarter.PlayAsync(database);
        var before = await Quarter.WriteAsync(database, Quarter.Order());

        await database.SetClockAsync("2026-12-01T09:00:00");
        await database.Get<ReviewCollection>().DecideAsync(Cast.Bob.User(), await Quarter.CollectionAsync(database, 2), Decision.Accept, "");
        await database.Get<ReviewCollection>().DecideAsync(Cast.Manami.User(), await Quarter.CollectionAsync(database, 1), Decision.Reopen, "数え直し");
        await Quarter.SubmitAsync(database, Cast.Alice, await Quarter.CollectionAsync(database, 3), null, ("復元2.txt", "3件"));
        await Quarter.AddAsync(database, "新しい依頼", "iso27001-2022:A.5.18", "iso27001-2022:A.5.1");
        // A change of a request plans its future anew and hands what is open to another owner.
        await database.Get<SaveRequest>().ChangeAsync(Cast.Manami.User(), 1, 1, Quarter.Terms("題名も期限も項番も変わる", "iso27001-2022:A.5.1") with { DueOffset = 25, Owner = Cast.Hana.EmployeeNo });
        await database.Get<SaveRequest>().ChangeAsync(Cast.Manami.User(), 2, 1, Quarter.Terms("毎月", "iso27001-2022:A.8.15") with { Every = AuditTracker.Calendar.PeriodKind.Month });
        await database.SetClockAsync("2027-01-05T09:00:00");
        await database.Get<OpenDueCollections>().RunAsync(default);

        var after = await Quarter.WriteAsync(database, Quarter.Order());
        var now = await Quarter.WriteAsync(database, Quarter.Order(cutoff: Quarter.Japan("2027-01-05T09:00:00")));

        Assert.Equal(Contents(before), Contents(after));
        Assert.Equal(before, after);
        Assert.NotEqual(Contents(before), Contents(now));
    }

    /// <summary>Compared before the bytes, because it says where they differ.</summary>
    private static string Contents(byte[] file) => string.Join("\n\n", Workbook.Read(file).Cast<DataTable>()
        .Select(table => string.Join('\n', table.Rows.Cast<DataRow>().Select(row => string.Join('|', row.ItemArray)))));
}
