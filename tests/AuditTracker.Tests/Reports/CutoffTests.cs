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

    [Fact]
    public async Task Who_owes_it_is_who_had_it_at_the_cut_off_whatever_became_of_the_request_or_of_them()
    {
        await using var database = await TestDatabase.CreateAsync();
        await Quarter.PlayAsync(database);
        const long Backup = 3;
        var collection = await Quarter.CollectionAsync(database, Backup);
        Assert.Equal(Cast.Alice.Name, await OwesAsync(database, collection, "2026-11-24T09:00:00"));
        await database.SetClockAsync("2026-11-25T09:00:00");
        await database.Get<ChangeOwner>().RunAsync(Cast.Manami.User(), collection, Cast.Mallory.EmployeeNo, null, whole: false);
        await database.SetClockAsync("2026-11-26T09:00:00");
        await database.Get<SaveRequest>().ChangeAsync(Cast.Manami.User(), Backup, 1, Quarter.Terms("復元テスト記録", "iso27001-2022:A.8.13") with { Minutes = 30 });
        Assert.Equal(Cast.Mallory.Name, await OwesAsync(database, collection, "2026-11-26T10:00:00"));
        // The last day of who has it comes; the job gives it to their manager.
        await database.ArrangeAsync("""
            insert into managers (person_id, manager_id, from_on) values (@mallory, @tom, '2020-04-01');
            update people set left_on = '2026-11-27' where id = @mallory;
            insert into people_events (person_id, kind, happened_on, at) values (@mallory, 'left', '2026-11-27', now());
            """, new { mallory = Cast.Mallory.PersonId, tom = Cast.Tom.PersonId });
        await database.SetClockAsync("2026-11-30T09:00:00");
        await database.Get<HandOverLeavers>().RunAsync(default);
        Assert.Equal(Cast.Tom.Name, await OwesAsync(database, collection, "2026-11-30T10:00:00"));
        Assert.Equal(Cast.Mallory.Name, await OwesAsync(database, collection, "2026-11-26T10:00:00"));
        Assert.Equal(Cast.Alice.Name, await OwesAsync(database, collection, "2026-11-24T09:00:00"));
    }

    private static async Task<object> OwesAsync(TestDatabase database, long collection, string cutoff) =>
        Workbook.Read(await Quarter.WriteAsync(database, Quarter.Order(cutoff: Quarter.Japan(cutoff))))["不足"]!.Rows.Cast<DataRow>().Single(row => row[4] is string id && id == $"C-{collection}")[9];

    /// <summary>Compared before the bytes, because it says where they differ.</summary>
    private static string Contents(byte[] file) => string.Join("\n\n", Workbook.Read(file).Cast<DataTable>()
        .Select(table => string.Join('\n', table.Rows.Cast<DataRow>().Select(row => string.Join('|', row.ItemArray)))));
}
