using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Notifications;
using AuditTracker.People;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Reports;
using AuditTracker.Tests.People;
using AuditTracker.Tests.Reports;
using AuditTracker.Tests.Support;
using AuditTracker.Training;

namespace AuditTracker.Browser.Support;

/// <summary>
/// A company at work, for the tests that only look: 24 November 2026, the cast and 120 people, a quarter played, mails out and waiting, a workbook
/// made, an import waiting for its decision, and lists longer than a page.
/// </summary>
public sealed class Office : IAsyncLifetime
{
    private const string Invitation = "an-invitation-of-the-test";

    public TestApp App { get; } = new();

    /// <summary>Where every page of the product is found in this company, by its route.</summary>
    public IReadOnlyDictionary<string, string> Pages { get; private set; } = new Dictionary<string, string>();

    public async Task InitializeAsync()
    {
        await App.InitializeAsync();
        var database = App.Database;
        await Quarter.PlayAsync(database);
        await App.Get<ImportPeople>().ApplyAsync(Actor.Operator("test"), null, "people-1124.csv", ImportFiles.Sample("people-utf8.csv"), null);
        var preview = await App.Get<ImportPeople>().KeepAsync(Cast.Manami.User(), "people-1130.csv", Next(ImportFiles.Sample("people-utf8.csv")));
        await App.Get<SendMails>().RunAsync(CancellationToken.None);
        var (trained, training) = await TrainAsync();
        await App.Get<EditCourse>().OpenAsync(Cast.Manami.User(), (await App.Get<CourseStore>().FindAsync("all-staff", 1, CancellationToken.None))!, 1);
        var run = await App.Get<RequestReport>().AskAsync(Cast.Manami.User(), new ReportInput(Quarter.Framework, new(2026, 7, 1), new(2026, 9, 30), null, "ja"));
        await App.Get<BuildReports>().RunAsync(CancellationToken.None);
        await LengthenAsync();
        var keys = await Quarter.AddAsync(database, "鍵の管理台帳（Ｂ１Ｆ・髙島平データセンター 共用部を含む）", "iso27001-2022:A.7.2", "iso27001-2022:A.5.18", "iso27001-2022:A.8.15", "iso27001-2022:A.8.13");
        await App.Get<OpenDueCollections>().RunAsync(CancellationToken.None);
        var waiting = await Quarter.CollectionAsync(database, keys);
        await Quarter.SubmitAsync(database, Cast.Alice, waiting, "鍵は12本、すべてあります。", ($"{new string('鍵', 60)}_台帳.csv", "番号,氏名\n1,髙﨑 濵邊"));
        await App.Get<CommentOnCollection>().AddAsync(Cast.Alice.User(), waiting, $"@{Cast.Manami.Name}さん、鍵の本数は台帳と一致しています。");
        var holidays = await App.Get<ImportHolidays>().KeepAsync(Cast.Manami.User(), "syukujitsu.csv", System.Text.Encoding.UTF8.GetBytes("国民の祝日・休日月日,国民の祝日・休日名称\r\n2027/1/1,元日\r\n2027/1/11,成人の日\r\n"), CancellationToken.None);
        await App.Get<Appoint>().RunAsync(Cast.Manami.User(), new AppointmentInput("privacyManager", Cast.Bob.EmployeeNo, null, new(2025, 4, 1), new(2026, 3, 31), "", "", false), CancellationToken.None);
        var appointed = await App.Get<Appoint>().RunAsync(Cast.Manami.User(), new AppointmentInput("privacyManager", Cast.Hana.EmployeeNo, null, new(2026, 4, 1), null, "代表取締役 富田 武", "任-2026-01", false), CancellationToken.None);
        var returned = await database.ScalarAsync<long>("select max(id) from collections where state = 'returned'");
        using var list = new MemoryStream(System.Text.Encoding.UTF8.GetBytes("依頼,対象期間,取得日,ファイル\n鍵の管理台帳（Ｂ１Ｆ・髙島平データセンター 共用部を含む）,2025年度第1四半期,2025/7/3,一覧.csv\nない依頼,2025年度,2025/7/3,ない.pdf\n"));
        var past = await App.Get<CheckPastEvidence>().CheckAsync(Cast.Manami.User(), [new("file", "一覧.csv", "text/csv", await App.Get<BlobStore>().SaveAsync(list, 1000, CancellationToken.None))]);
        var structure = await App.Get<ImportStructure>().KeepAsync(Cast.Manami.User(), "部門.csv", System.Text.Encoding.UTF8.GetBytes($"部門コード,部門名,上位部門コード,部門長社員番号,適用日\nD700,髙度情報基盤・共通アーキテクチャ推進開発本部第二準備室,,{Cast.Hana.EmployeeNo},2027/1/1\nD1,第一部,D700,{Cast.Hana.EmployeeNo},2027/1/1\n"));
        await database.ArrangeAsync($"insert into leaves (person_id, kind, from_on, to_on) values ({Cast.Mallory.PersonId}, 'childcare', '2026-12-01', '2027-03-31')");
        // Not the file whose preview is looked at.
        await database.ArrangeAsync("insert into quarantines (sha256, found, signatures, found_at) select sha256, 'Eicar-Signature', '27000', now() from evidence where kind = 'file' and sha256 <> (select sha256 from evidence where file_name like '%.csv' order by id desc limit 1) order by id limit 1");
        var sampled = new PopulationInput("office", "変更申請の一覧（髙度情報基盤の本番環境に対するもの、緊急変更を含む）", "upload", "チケット管理「変更」一覧、作成日で絞り込み", "管理画面の件数60件と一致", new(2026, 11, 20));
        using var changes = new MemoryStream(System.Text.Encoding.UTF8.GetBytes("番号,件名,承認者\n" + string.Concat(Enumerable.Range(1, 60).Select(number => $"CHG-{number:000},ファイアウォールの設定変更 その{number},髙﨑 濵邊\n"))));
        var sample = await App.Get<TakePopulation>().RunAsync(Cast.Manami.User(), returned, sampled, new("file", "変更.csv", "text/csv", await App.Get<BlobStore>().SaveAsync(changes, 100_000, CancellationToken.None)));
        await App.Get<DrawSample>().RunAsync(Cast.Manami.User(), sample, new DrawInput("event", null, null, "8841", "監査員が指定"));
        Task<long> Last(string sql) => database.ScalarAsync<long>(sql);
        Pages = new Dictionary<string, string>
        {
            ["/"] = "/",
            ["/accounts"] = "/accounts",
            ["/accounts/invite"] = "/accounts/invite?find=伊藤",
            ["/accounts/invite/check"] = "/accounts/invite/check?people=000005&people=000006&people=900001",
            ["/accounts/{id:long}"] = $"/accounts/{Cast.Alice.AccountId}",
            ["/company"] = "/company",
            ["/company/appointments"] = "/company/appointments",
            ["/company/appointments/new"] = "/company/appointments/new?kind=departmentManager&find=伊藤",
            ["/company/appointments/{id:long}"] = $"/company/appointments/{appointed}",
            ["/company/calendar"] = "/company/calendar?year=2026",
            ["/company/calendar/holidays"] = "/company/calendar/holidays",
            ["/company/calendar/holidays/{id:long}"] = $"/company/calendar/holidays/{holidays}",
            ["/company/deadlines"] = "/company/deadlines?from=2027-03-22",
            ["/company/change/{section}"] = "/company/change/customs",
            ["/company/change-reports"] = "/company/change-reports",
            ["/company/change-reports/{id:long}"] = $"/company/change-reports/{await Last("select max(id) from change_reports")}",
            ["/controls"] = "/controls?framework=iso27001-2022",
            ["/controls/bulk"] = "/controls/bulk?framework=iso27001-2022&act=applicable&id=A.8.4&id=4.1",
            ["/controls/coverage"] = "/controls/coverage",
            ["/controls/coverage/ahead"] = "/controls/coverage/ahead?on=2027-03-31",
            ["/controls/gaps"] = "/controls/gaps?kind=mapping",
            ["/controls/gaps/adopt"] = "/controls/gaps/adopt?all=true",
            ["/evidence/year"] = "/evidence/year",
            ["/controls/{framework}/{itemRef}"] = "/controls/iso27001-2022/A.5.18",
            ["/evidence/collections"] = "/evidence/collections",
            ["/evidence/collections/bulk"] = $"/evidence/collections/bulk?act=assign&id={returned}&id={waiting}",
            ["/evidence/collections/{id:long}"] = $"/evidence/collections/{waiting}",
            ["/evidence/collections/{id:long}/hand-in"] = $"/evidence/collections/{returned}/hand-in",
            ["/evidence/collections/{id:long}/samples"] = $"/evidence/collections/{returned}/samples",
            ["/evidence/samples"] = "/evidence/samples",
            ["/evidence/sample-sizes"] = "/evidence/sample-sizes",
            ["/evidence/samples/{id:long}"] = $"/evidence/samples/{sample}",
            ["/evidence/sample-rows/{id:long}"] = $"/evidence/sample-rows/{await Last("select min(id) from sample_rows")}",
            ["/evidence/asks"] = "/evidence/asks",
            ["/evidence/collections/{id:long}/due"] = $"/evidence/collections/{returned}/due",
            ["/evidence/collections/{id:long}/items"] = $"/evidence/collections/{await Last("select max(id) from collections where state = 'accepted'")}/items",
            ["/evidence/collections/{id:long}/owner"] = $"/evidence/collections/{returned}/owner?q=伊藤",
            ["/evidence/collections/{id:long}/waiver"] = $"/evidence/collections/{returned}/waiver",
            ["/evidence/{id:long}/preview"] = $"/evidence/{await Last("select max(id) from evidence where file_name like '%.csv'")}/preview",
            ["/evidence/destruction"] = "/evidence/destruction",
            ["/evidence/destruction/check"] = "/evidence/destruction/check?all=true",
            ["/evidence/files"] = "/evidence/files",
            ["/evidence/library"] = "/evidence/library",
            ["/evidence/past"] = "/evidence/past",
            ["/evidence/past/{id:long}"] = $"/evidence/past/{past}",
            ["/evidence/quarantine/{id:long}"] = $"/evidence/quarantine/{await Last("select max(id) from quarantines")}",
            ["/evidence/requests"] = "/evidence/requests",
            ["/evidence/requests/bulk"] = $"/evidence/requests/bulk?act=owner&id={keys}",
            ["/evidence/requests/new"] = "/evidence/requests/new?from=EV01",
            ["/evidence/requests/{id:long}"] = $"/evidence/requests/{keys}",
            ["/evidence/requests/{id:long}/edit"] = $"/evidence/requests/{keys}/edit",
            ["/evidence/retention"] = "/evidence/retention",
            ["/evidence/review"] = "/evidence/review",
            ["/first-administrator"] = "/first-administrator?token=ended",
            ["/health"] = "/health",
            ["/invitation"] = $"/invitation?token={Invitation}",
            ["/inbox"] = "/inbox",
            ["/mails"] = "/mails",
            ["/mails/preview"] = "/mails/preview?person=" + Cast.Alice.EmployeeNo + "&told=true",
            ["/mails/templates"] = "/mails/templates",
            ["/mails/templates/{room}/{mail}"] = "/mails/templates/evidence/collection-returned",
            ["/mails/templates/{room}/{mail}/{language}/{part}"] = "/mails/templates/evidence/collection-returned/ja/text",
            ["/notices"] = "/notices",
            ["/mails/{id:long}"] = $"/mails/{await Last("select max(id) from mails where state = 'accepted' and body_text is not null")}",
            ["/password-reset"] = "/password-reset",
            ["/people"] = "/people",
            ["/people/departments"] = "/people/departments",
            ["/people/departments/{code}/close"] = "/people/departments/D1/close",
            ["/people/import"] = "/people/import",
            ["/people/import/{id:long}"] = $"/people/import/{preview}",
            ["/people/new"] = "/people/new",
            ["/people/structure/{id:long?}"] = $"/people/structure/{structure}",
            ["/people/{employeeNo}"] = "/people/000005",
            ["/people/{employeeNo}/edit"] = "/people/000005/edit",
            ["/people/{employeeNo}/deputy"] = $"/people/{Cast.Mallory.EmployeeNo}/deputy",
            ["/people/{employeeNo}/hand-over"] = $"/people/{Cast.Alice.EmployeeNo}/hand-over",
            ["/profile"] = "/profile",
            ["/profile/authenticator"] = "/profile/authenticator",
            ["/profile/calendar"] = "/profile/calendar",
            ["/profile/password"] = "/profile/password",
            ["/profile/second-factor"] = "/profile/second-factor",
            ["/reports"] = "/reports",
            ["/reports/filings"] = "/reports/filings",
            ["/reports/filings/{id:long}"] = $"/reports/filings/{await FileAsync()}",
            ["/reports/runs/{id:long}"] = $"/reports/runs/{run}",
            ["/search"] = "/search?q=鍵",
            ["/settings"] = "/settings",
            ["/settings/notices"] = "/settings/notices",
            ["/setup"] = "/setup",
            ["/sign-in"] = "/sign-in",
            ["/sign-in/code"] = "/sign-in/code",
            ["/sign-in/mail"] = "/sign-in/mail",
            ["/sign-in/mail/code"] = "/sign-in/mail/code",
            ["/tokens"] = "/tokens",
            ["/trail"] = "/trail",
            ["/training"] = "/training",
            ["/training/cadence"] = "/training/cadence",
            ["/training/courses"] = "/training/courses",
            ["/training/courses/{key}"] = "/training/courses/all-staff",
            ["/training/courses/{key}/preview"] = "/training/courses/all-staff/preview?p=2",
            ["/training/courses/new"] = "/training/courses/new",
            ["/training/courses/import"] = "/training/courses/import",
            ["/training/courses/{key}/edit"] = "/training/courses/all-staff/edit",
            ["/training/courses/{key}/edit/pages/{number}"] = "/training/courses/all-staff/edit/pages/2",
            ["/training/courses/{key}/edit/questions/{id}"] = "/training/courses/all-staff/edit/questions/q02",
            ["/training/campaigns/new"] = "/training/campaigns/new",
            ["/training/campaigns/{id:long}"] = "/training/campaigns/1",
            ["/training/campaigns/{id:long}/attendance"] = "/training/campaigns/1/attendance",
            ["/training/campaigns/{id:long}/edit"] = "/training/campaigns/3/edit",
            ["/training/campaigns/{id:long}/people"] = "/training/campaigns/1/people",
            ["/training/campaigns/{id:long}/people/act"] = $"/training/campaigns/1/people/act?act=remind&id={await Last("select min(id) from training_roster where campaign_id = 1")}",
            ["/training/campaigns/{id:long}/remind"] = "/training/campaigns/1/remind",
            ["/training/campaigns/{id:long}/report"] = "/training/campaigns/1/report",
            ["/webhooks"] = "/webhooks",
            ["/webhooks/new"] = "/webhooks/new",
            ["/webhooks/{id:long}"] = $"/webhooks/{await TellAsync()}",
            ["/training/link"] = $"/training/link?token={Invitation}",
            ["/training/mine"] = "/training/mine",
            ["/training/mine/{id:long}"] = $"/training/mine/{training}?p=2",
            ["/training/mine/{id:long}/test"] = $"/training/mine/{training}/test?q=1",
            ["/training/mine/{id:long}/result"] = $"/training/mine/{trained}/result",
            ["/training/mine/{id:long}/certificate"] = $"/training/mine/{trained}/certificate",
        };
    }

    /// <summary>A campaign that Manami has completed with a second test while others have not, one whose test she has begun, and a plan.</summary>
    private async Task<(long Trained, long Training)> TrainAsync()
    {
        var (plans, take) = (App.Get<PlanCampaign>(), App.Get<TakeTraining>());
        foreach (var (title, people, starts) in new[] { ("個人情報保護・情報セキュリティ教育 2026（髙度情報基盤・共通アーキテクチャ推進開発本部を含む）", new[] { Cast.Manami.EmployeeNo, "000005", "000006", "000007", "000008" }, true), ("事故後の臨時教育", [Cast.Manami.EmployeeNo, "000005"], true), ("入社時教育 2027", ["000005"], false) })
        {
            var id = await plans.SaveAsync(Cast.Manami.User(), null, new(title, "yearly", "all-staff", "昨年の結果から", new(2026, 11, 2), new(2026, 11, 2), new(2026, 11, 30), 5, Cast.Manami.EmployeeNo, new(false, [], [], people)));
            if (starts)
            {
                await plans.ApproveAsync(Cast.Tom.User(), id);
            }
        }
        await App.Get<StartCampaigns>().RunAsync(CancellationToken.None);
        var taker = new Taker(Actor.Of(Cast.Manami.User()), Cast.Manami.PersonId, null);
        var mine = (await take.MineAsync(taker, CancellationToken.None)).OrderBy(training => training.Id).ToList();
        foreach (var (id, right) in new[] { (mine[0].Id, (bool?)false), (mine[0].Id, true), (mine[1].Id, null) })
        {
            var course = await take.CourseAsync(mine[0], CancellationToken.None);
            await take.TurnAsync(taker, id, course.Pages.Count);
            await take.BeginTestAsync(taker, id, "ja");
            foreach (var answer in right is null ? [] : (await take.TestAsync(taker, id, handedIn: false, CancellationToken.None))!.Value.Answers)
            {
                await take.AnswerAsync(taker, id, answer.Position, right == true || answer.Position > 3 ? course.Find(answer.Question).Right : [course.Find(answer.Question) is { IsMultiple: false, Right: ["a"] } ? "b" : "a"]);
            }
            _ = right is null || await take.FinishAsync(taker, id);
        }
        await App.Get<ExemptPeople>().AskAsync(Cast.Manami.User(), 1, [await App.Database.ScalarAsync<long>("select min(id) from training_roster where campaign_id = 1")], "away", "海外拠点へ出向中", null, new(2026, 12, 18));
        await App.Database.ArrangeAsync("insert into training_links (roster_id, token_hash, created_at, expires_at) values (@id, @hash, now(), now() + interval '7 days')", new { id = mine[1].Id, hash = Platform.Security.Secrets.Hash(Invitation) });
        return (mine[0].Id, mine[1].Id);
    }

    /// <summary>A webhook with a delivery that was given up.</summary>
    private async Task<long> TellAsync()
    {
        var (id, _) = await App.Get<Webhooks>().AddAsync(Cast.Adam.User(), new WebhookForm("情報セキュリティ委員会のチャンネル（髙度情報基盤・共通アーキテクチャ推進開発本部を含む）", "slack", "https://hooks.slack.test/services/T0/B0/x", null, "ja", ["collection.overdue", "mail.failed"]), CancellationToken.None);
        await App.Get<Webhooks>().TestAsync(Cast.Adam.User(), id, CancellationToken.None);
        await App.Database.ArrangeAsync("""
            insert into webhook_attempts (delivery_id, at, outcome, status, reply) select id, business_now(), 'dead', 404, 'no_service' from webhook_deliveries;
            update webhook_deliveries set state = 'dead', attempts = 1, finished_at = business_now();
            """);
        return id;
    }

    /// <summary>What a closed matter filed; no worker has built it yet.</summary>
    private async Task<long> FileAsync()
    {
        await using var work = await App.Get<Db>().BeginAsync(Actor.Of(Cast.Manami.User()), CancellationToken.None);
        var id = await FileReport.RunAsync(work, Cast.Manami.AccountId, CloseCampaign.Report, "trainingCampaign:1", "個人情報保護・情報セキュリティ教育 2025（髙度情報基盤・共通アーキテクチャ推進開発本部を含む）", work.Now, ["pmark-jisq15001-2023:J.4.3", "iso27001-2022:A.6.3"], CancellationToken.None);
        await work.CommitAsync(CancellationToken.None);
        return id!.Value;
    }

    /// <summary>What a page answers here: the company has its administrator, so the first one's link has ended.</summary>
    public static int StatusOf(string route) => route == "/first-administrator" ? 404 : 200;

    public Task DisposeAsync() => App.DisposeAsync();

    /// <summary>Who can open a page: those of the door are for nobody in particular, health is the administrator's, all others the compliance manager's.</summary>
    public static Cast.Member? Reader(string route) => route is "/sign-in" or "/sign-in/code" or "/sign-in/mail" or "/sign-in/mail/code" or "/password-reset" or "/invitation" or "/first-administrator" or "/training/link" ? null
        : route is "/health" || route.StartsWith("/webhooks", StringComparison.Ordinal) ? Cast.Adam : Cast.Manami;

    /// <summary>The file of next month: somebody is new, somebody has another name, somebody is not in it.</summary>
    private static byte[] Next(byte[] csv)
    {
        var lines = System.Text.Encoding.UTF8.GetString(csv).TrimEnd().Split('\n').ToList();
        var added = lines[^1].Replace("000120", "000121").Replace("@", ".x@");
        lines.RemoveAt(lines.Count - 1);
        lines[10] = lines[10].Replace(lines[10].Split(',')[1], "髙橋 改姓子");
        return System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines.Append(added)));
    }

    private async Task LengthenAsync()
    {
        foreach (var number in Enumerable.Range(1, 55))
        {
            await Quarter.AddAsync(App.Database, $"入退室記録の確認 {number}号室", "iso27001-2022:A.7.2");
        }
        await App.Database.ArrangeAsync("""
            insert into report_runs (kind, framework, from_on, to_on, cutoff_at, language, requested_by, created_at)
            select 'evidence', 'iso27001-2022', '2026-07-01', '2026-09-30', business_now(), 'ja', 5, business_now() from generate_series(1, 25);
            update report_runs set state = 'failed', error = 'TooManyRows:evidence' where state = 'queued';
            insert into mails (kind, person_id, to_name, to_address, language, state, message_id, created_at, claimed_at, finished_at, subject, reply, attempts)
            select 'now', p.id, p.name, p.email, 'ja', (array['accepted', 'accepted', 'unknown', 'failed'])[1 + p.id % 4], 'made-' || p.id, business_now(), business_now(), business_now(), '【お願い】証跡の提出', '250 2.0.0 Ok: queued as 4F3A21', 1
            from people p where p.email is not null order by p.id limit 60;
            insert into one_time_links (account_id, purpose, token_hash, created_at, expires_at) values (@account, 'invitation', @hash, now(), now() + interval '7 days');
            """, new { account = Cast.Mallory.AccountId, hash = Platform.Security.Secrets.Hash(Invitation) });
    }
}
