using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Reports;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Reports;

/// <summary>
/// A quarter as it really goes, played through the use cases: an access review accepted, a log review handed in late and still in review, a backup
/// record returned and overdue, a supplier list waived.
/// </summary>
public static class Quarter
{
    public const string Framework = "iso27001-2022";

    /// <summary>The cut-off most tests look from.</summary>
    public static readonly DateTime Cutoff = Japan("2026-11-24T09:00:00");

    public static ReportOrder Order(string language = "ja", DateTime? cutoff = null) => new(Framework, new(2026, 7, 1), new(2026, 9, 30), cutoff ?? Cutoff, language);

    public static DateTime Japan(string local) => DateTimeOffset.Parse(local + "+09:00", CultureInfo.InvariantCulture).UtcDateTime;

    public static CurrentUser User(this Cast.Member member) => new()
    {
        AccountId = member.AccountId,
        PersonId = member.PersonId,
        EmployeeNo = member.EmployeeNo,
        SignIn = member.Mail,
        Name = member.Name,
        Language = member.Language,
        Roles = member.Role is null ? new HashSet<Role> { Role.ControlOwner, Role.Reviewer, Role.Employee } : new HashSet<Role> { Enum.Parse<Role>(member.Role, ignoreCase: true), Role.Employee },
        RequestId = "test",
    };

    public static async Task PlayAsync(TestDatabase database)
    {
        await database.SetClockAsync("2026-07-01T09:00:00");
        await database.ArrangeAsync("""
            update company_versions set name_ja = 'ひばりネット株式会社', name_en = 'Hibari Net, Inc.' where section = 'name';
            update controls set owner_id = @alice, version = 2 where framework = 'iso27001-2022' and ref = 'A.5.18';
            insert into control_versions (framework, ref, version, applicable, reason, owner_id, implementation, at) values ('iso27001-2022', 'A.5.18', 2, true, '', @alice, '', '2026-06-01T00:00:00Z');
            update controls set applicable = false, reason = '開発を委託していない', version = 2 where framework = 'iso27001-2022' and ref = 'A.8.30';
            insert into control_versions (framework, ref, version, applicable, reason, owner_id, implementation, at) values ('iso27001-2022', 'A.8.30', 2, false, '開発を委託していない', null, '', '2026-06-01T00:00:00Z');
            """, new { alice = Cast.Alice.PersonId });
        var access = await AddAsync(database, "アクセス権棚卸し（顧客DB）", "iso27001-2022:A.5.18", "iso27001-2022:A.5.15", "pmark-jisq15001-2023:J.9.2");
        var logs = await AddAsync(database, "ログ点検記録", "iso27001-2022:A.8.15");
        var backup = await AddAsync(database, "復元テスト記録", "iso27001-2022:A.8.13");
        var suppliers = await AddAsync(database, "委託先管理台帳", "iso27001-2022:A.5.19");

        await database.SetClockAsync("2026-10-05T09:00:00");
        await database.Get<OpenDueCollections>().RunAsync(default);
        await database.SetClockAsync("2026-10-09T10:41:00");
        var first = await CollectionAsync(database, access);
        await SubmitAsync(database, Cast.Alice, first, "=1+2 は式ではない", ("棚卸し_顧客DB_7-9月.csv", "id,氏名\n001,髙﨑 濵邊"), ("利用者一覧.txt", "なし"));
        await database.SetClockAsync("2026-10-12T13:00:00");
        await database.Get<ReviewCollection>().DecideAsync(Cast.Bob.User(), first, Decision.Accept, "");
        var third = await CollectionAsync(database, backup);
        await SubmitAsync(database, Cast.Alice, third, null, ("復元.txt", "途中"));
        await database.Get<ReviewCollection>().DecideAsync(Cast.Bob.User(), third, Decision.Return, "件数が空欄です");
        await database.ArrangeAsync("""
            update collections set state = 'waived', state_at = @at where id = @id;
            insert into collection_acts (collection_id, act, state_after, by_account, by_person, at, comment) values (@id, 'waive', 'waived', 5, 5, @at, '委託先の入れ替え中のため');
            """, new { id = await CollectionAsync(database, suppliers), at = Japan("2026-10-13T09:00:00") });
        await database.SetClockAsync("2026-10-20T18:30:00");
        var second = await CollectionAsync(database, logs);
        await SubmitAsync(database, Cast.Manami, second, null, ("ログ点検.txt", "異常なし"));
        await database.SetClockAsync("2026-11-24T09:00:00");
    }

    public static Task<long> CollectionAsync(TestDatabase database, long request) =>
        database.ScalarAsync<long>("select id from collections where request_id = @request and period_from = '2026-07-01'", new { request });

    public static async Task SubmitAsync(TestDatabase database, Cast.Member who, long collection, string? statement, params (string Name, string Content)[] files)
    {
        var stored = new List<UploadedFile>();
        foreach (var (name, content) in files)
        {
            var blob = await database.Get<BlobStore>().SaveAsync(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)), 1000, default);
            stored.Add(new UploadedFile("file", name, "text/plain", blob));
        }
        string[] links = statement is null ? [] : ["https://intra.hibari-net.example/evidence?id=1&v=2"];
        await database.Get<HandIn>().SubmitAsync(who.User(), collection, new HandInInput("", links, statement, new DateOnly(2026, 9, 30), null, stored));
    }

    public static Task<long> AddAsync(TestDatabase database, string title, params string[] items) => database.Get<SaveRequest>().AddAsync(Cast.Manami.User(), Terms(title, items));

    public static RequestInput Terms(string title, params string[] items) =>
        new(title, "", 20, items, Cast.Alice.EmployeeNo, Cast.Bob.EmployeeNo, PeriodKind.Quarter, 1, 10, OffsetUnit.BusinessDays, new DateOnly(2026, 7, 1), null);

    /// <summary>The quarter played once, for tests that only read.</summary>
    public sealed class Played : IAsyncLifetime
    {
        public TestDatabase Database { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Database = await TestDatabase.CreateAsync();
            await PlayAsync(Database);
        }

        public async Task DisposeAsync() => await Database.DisposeAsync();
    }

    public static async Task<byte[]> WriteAsync(TestDatabase database, ReportOrder order)
    {
        using var stream = new MemoryStream();
        await database.Get<EvidenceWorkbook>().WriteAsync(order, stream);
        return stream.ToArray();
    }
}
