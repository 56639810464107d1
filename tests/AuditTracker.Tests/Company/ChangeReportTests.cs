using System.Net;
using AuditTracker.Company;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Reports;
using AuditTracker.Tests.Support;
using Browsing = AuditTracker.Tests.Evidence.Browsing;

namespace AuditTracker.Tests.Company;

/// <summary>Changes that the review body must be told of are tasks until somebody says that it was.</summary>
public sealed class ChangeReportTests : IAsyncLifetime
{
    private static readonly CompanyProfile Hibari = new()
    {
        NameJa = "ひばりネット株式会社",
        CorporateNumber = "7000012050002",
        Address = "東京都千代田区一番町1-1",
        Representative = "代表取締役 吉田 大輔",
        SecretariatName = "事務局",
        SecretariatContact = "内線1234",
        SenderAddress = "office@example.test",
        StampOrder = "承認,確認,作成",
        FiscalStartMonth = 4,
    };

    private TestApp app = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await app.Database.SetClockAsync("2026-11-24T09:00:00");
        await using var work = await app.Database.Db.BeginAsync(AuditTracker.Platform.Database.Actor.Operator("test"));
        await CompanyStore.SaveAsync(work, Hibari);
        await work.CommitAsync();
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Each_fact_that_is_reported_opens_one_task_and_other_changes_none()
    {
        await ChangeAsync(CompanySection.Seat, Hibari with { Representative = "代表取締役 佐藤 花子", Sites = "大阪支店" }, "2026-11-20");
        await ChangeAsync(CompanySection.Secretariat, Hibari with { SenderAddress = "noreply@example.test" }, "2026-11-20");
        await ChangeAsync(CompanySection.Name, Hibari with { NameEn = "Hibari Net, Inc." }, "2026-11-20");
        await AppointAsync("privacyManager", Cast.Hana, "2025-04-01", "2026-11-19");
        await AppointAsync("privacyAuditLead", Cast.Tom, "2026-11-20");
        Assert.Empty(await OpenAsync());

        await ChangeAsync(CompanySection.Seat, Hibari with { Address = "東京都港区芝2-2" }, "2026-11-20");
        await ChangeAsync(CompanySection.Name, Hibari with { NameJa = "ひばりホールディングス株式会社" }, "2026-11-20");
        await ChangeAsync(CompanySection.Secretariat, Hibari with { SecretariatContact = "内線5678" }, "2026-11-20");
        await AppointAsync("privacyManager", Cast.Bob, "2026-11-20");
        // Ten business days behind 20 November, a Friday; the 23rd is a holiday.
        Assert.Equal(
        [
            ("headOffice", "東京都千代田区一番町1-1", "東京都港区芝2-2", "2026-12-07"),
            ("companyName", "ひばりネット株式会社", "ひばりホールディングス株式会社", "2026-12-07"),
            ("contact", "事務局 / 内線1234", "事務局 / 内線5678", "2026-12-07"),
            ("privacyManager", "花田 花", "坊田 望", "2026-12-07"),
        ], (await OpenAsync()).OrderBy(one => one.Id).Select(one => (one.Fact, one.ValueBefore, one.ValueAfter, $"{one.DueOn:yyyy-MM-dd}")));
    }

    [Fact]
    public async Task It_stands_on_the_first_page_from_its_day_until_it_is_recorded()
    {
        await ChangeAsync(CompanySection.Name, Hibari with { NameJa = "ひばりホールディングス株式会社" }, "2026-12-01");
        var manami = await app.PagesAsAsync(Cast.Manami);
        Assert.DoesNotContain("審査機関に報告する変更", Browsing.Plain(await manami.PageAsync("/")));
        await app.Database.SetClockAsync("2026-12-01T09:00:00");
        Assert.Matches("審査機関に報告する変更 1 未報告 会社名 ひばりネット株式会社 → ひばりホールディングス株式会社 期限 (2026/)?12/15（火）", Browsing.Plain(await manami.PageAsync("/")));
        Assert.DoesNotContain("審査機関に報告する変更", Browsing.Plain(await (await app.PagesAsAsync(Cast.Tom)).PageAsync("/")));
        await app.Database.SetClockAsync("2026-12-16T09:00:00");
        Assert.Contains("期限超過 会社名", Browsing.Plain(await manami.PageAsync("/")));

        var at = $"/company/change-reports/{(await OpenAsync()).Single().Id}";
        var page = Browsing.Plain(await manami.PageAsync(at));
        Assert.Contains("7000012050002", page);
        Assert.Contains("変更日（2026年12月1日（火））から10営業日後の2026年12月15日（火）が期限です", page);
        Assert.Contains("原典未確認", page);
        foreach (var (on, note, says) in ((string, string, string)[])[("8.12.10", "窓口に提出", "2通りに読めます"), ("2026/12/17", "窓口に提出", "今日までの日付"), ("2026/12/10", " ", "報告の記録を入力してください"), ("", "窓口に提出", "日付を入力してください")])
        {
            var refused = await manami.PostFormAsync(at, null, ("Input.ReportedOn", on), ("Input.Note", note));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            var text = await refused.TextAsync();
            Assert.Contains(says, text);
            Assert.Contains($"value=\"{on}\"", text);
        }
        var done = await manami.PostFormAsync(at, null, ("Input.ReportedOn", "R8.12.10"), ("Input.Note", "Pマーククラウドで送付、受付 A-17"));
        Assert.Equal(at, done.Headers.Location!.ToString());
        page = Browsing.Plain(await manami.PageAsync(at));
        Assert.Contains("報告済み", page);
        Assert.Contains("2026年12月10日（木）", page);
        Assert.Contains("受付 A-17", page);
        Assert.Contains("間 真奈美", page);
        Assert.DoesNotContain("審査機関に報告する変更", Browsing.Plain(await manami.PageAsync("/")));
        Assert.Contains("審査機関への変更の報告", Browsing.Plain(await manami.PageAsync("/trail")));
        Assert.Equal(HttpStatusCode.Conflict, (await manami.PostFormAsync("/company", $"{at}?handler=notNeeded", ("Input.Note", "x"))).StatusCode);

        Assert.Equal(HttpStatusCode.Redirect, (await manami.PostFormAsync(at, $"{at}?handler=reopen")).StatusCode);
        Assert.Single(await OpenAsync());
    }

    [Fact]
    public async Task A_correction_replaces_the_task_and_what_is_taken_back_closes_it()
    {
        await ChangeAsync(CompanySection.Name, Hibari with { NameJa = "ひばりホールデングス株式会社" }, "2026-12-01");
        await ChangeAsync(CompanySection.Name, Hibari with { NameJa = "ひばりホールディングス株式会社" }, "2026-12-01");
        var one = Assert.Single(await OpenAsync());
        Assert.Equal(("ひばりネット株式会社", "ひばりホールディングス株式会社"), (one.ValueBefore, one.ValueAfter));
        await ChangeAsync(CompanySection.Name, Hibari, "2026-12-01");
        Assert.Empty(await OpenAsync());

        await ChangeAsync(CompanySection.Seat, Hibari with { Address = "東京都港区芝2-2" }, "2026-12-01");
        await app.Get<ChangeCompany>().WithdrawAsync(Cast.Manami.User(), await app.Database.ScalarAsync<long>("select max(id) from company_versions"), default);
        Assert.Empty(await OpenAsync());

        await AppointAsync("privacyManager", Cast.Hana, "2025-04-01", "2026-11-30");
        var appointed = await AppointAsync("privacyManager", Cast.Bob, "2026-12-01");
        Assert.Single(await OpenAsync());
        await app.Get<Appoint>().WithdrawAsync(Cast.Manami.User(), appointed, "誤入力", default);
        Assert.Empty(await OpenAsync());
        Assert.Equal(["superseded", "superseded", "withdrawn", "withdrawn"], await app.Database.ListAsync<string>("select outcome from change_reports order by outcome"));
    }

    [Fact]
    public async Task A_correction_that_is_taken_back_leaves_the_first_change_owed()
    {
        await ChangeAsync(CompanySection.Seat, Hibari with { Address = "東京都港区芝2-2" }, "2026-12-01");
        await ChangeAsync(CompanySection.Seat, Hibari with { Address = "東京都港区芝3-3" }, "2026-12-01");
        await WithdrawNewestAsync();
        Assert.Equal("東京都港区芝2-2", Assert.Single(await OpenAsync()).ValueAfter);
        // Corrected to what it was before: nothing is owed until that is taken back too.
        await ChangeAsync(CompanySection.Seat, Hibari, "2026-12-01");
        Assert.Empty(await OpenAsync());
        await WithdrawNewestAsync();
        Assert.Equal("東京都港区芝2-2", Assert.Single(await OpenAsync()).ValueAfter);
        await WithdrawNewestAsync();
        Assert.Empty(await OpenAsync());

        async Task WithdrawNewestAsync() =>
            await app.Get<ChangeCompany>().WithdrawAsync(Cast.Manami.User(), await app.Database.ScalarAsync<long>("select max(id) from company_versions where withdrawn_at is null"), default);
    }

    [Fact]
    public async Task Who_is_appointed_again_is_no_change()
    {
        await AppointAsync("privacyManager", Cast.Hana, "2022-04-01", "2024-03-31");
        await AppointAsync("privacyManager", Cast.Bob, "2024-04-01", "2026-11-30");
        var before = (await OpenAsync()).Count;
        await AppointAsync("privacyManager", Cast.Bob, "2026-12-01");
        Assert.Equal(before, (await OpenAsync()).Count);
    }

    [Fact]
    public async Task A_company_without_the_mark_says_why_none_is_needed_and_only_its_manager_says_anything()
    {
        await ChangeAsync(CompanySection.Name, Hibari with { NameJa = "ひばり株式会社" }, "2026-11-20");
        var id = (await OpenAsync()).Single().Id;
        var reports = app.Get<ChangeReports>();
        foreach (var (other, sees) in ((Cast.Member, bool)[])[(Cast.Carol, true), (Cast.Tom, true), (Cast.Alice, false), (Cast.Adam, false)])
        {
            var user = other.User();
            Assert.Equal(sees, await reports.FindAsync(user, id, default) is not null);
            Assert.Equal(sees, (await reports.ListAsync(user, default)).Count > 0);
            Assert.Empty(await reports.DueAsync(user, 20, default));
            await Assert.ThrowsAsync<NotFound>(() => reports.CloseAsync(user, id, new(2026, 11, 24), "x", default));
            await Assert.ThrowsAsync<NotFound>(() => reports.ReopenAsync(user, id, default));
        }
        Assert.Equal("note", (await Assert.ThrowsAsync<InvalidInput>(() => reports.CloseAsync(Cast.Manami.User(), id, null, "", default))).Field);
        await reports.CloseAsync(Cast.Manami.User(), id, null, "Pマークを取得していない", default);
        Assert.Contains("Not needed", Browsing.Plain(await (await app.PagesAsAsync(Cast.Carol)).PageAsync("/company/change-reports")));
        Assert.DoesNotContain("handler=reopen", await (await app.PagesAsAsync(Cast.Carol)).PageAsync($"/company/change-reports/{id}"));
    }

    private async Task<IReadOnlyList<ChangeReport>> OpenAsync() => [.. (await app.Get<ChangeReports>().ListAsync(Cast.Manami.User(), default)).Where(one => one.IsOpen)];

    private Task ChangeAsync(CompanySection section, CompanyProfile said, string from) =>
        app.Get<ChangeCompany>().RunAsync(Cast.Manami.User(), section, said, DateOnly.ParseExact(from, "yyyy-MM-dd"), default);

    private Task<long> AppointAsync(string kind, Cast.Member who, string from, string? to = null) => app.Get<Appoint>().RunAsync(Cast.Manami.User(),
        new AppointmentInput(kind, who.EmployeeNo, null, DateOnly.ParseExact(from, "yyyy-MM-dd"), to is null ? null : DateOnly.ParseExact(to, "yyyy-MM-dd"), "", "", false), default);
}
