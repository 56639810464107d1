using System.Net;
using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Tests.Platform.Workbooks;
using AuditTracker.Tests.Reports;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Company;

/// <summary>Master data with effective dates: who reads the company gets what is in force on the business day.</summary>
public sealed class CompanyByDateTests : IAsyncLifetime
{
    private static readonly CompanyProfile Hibari = new()
    {
        NameJa = "ひばりネット株式会社",
        NameEn = "Hibari Net, Inc.",
        CorporateNumber = "7000012050002",
        Address = "東京都千代田区一番町1-1",
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
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_future_change_holds_from_its_date_and_not_before()
    {
        await ChangeAsync(CompanySection.Name, Hibari, "2026-11-01");
        await ChangeAsync(CompanySection.Name, Hibari with { NameJa = "ひばりホールディングス株式会社" }, "2027-04-01");

        Assert.Equal("", (await OnAsync("2026-10-31")).NameJa);
        Assert.Equal("ひばりネット株式会社", (await OnAsync("2027-03-31")).NameJa);
        Assert.Equal("ひばりホールディングス株式会社", (await OnAsync("2027-04-01")).NameJa);
        var page = await (await app.PagesAsAsync(Cast.Manami)).PageAsync("/company");
        Assert.Contains("2027年4月1日（木）から", page);
        await app.Database.SetClockAsync("2027-04-01T00:00:10");
        Assert.Equal("ひばりホールディングス株式会社", await app.Database.ScalarAsync<string>("select name_ja from company"));
    }

    [Fact]
    public async Task A_correction_of_the_same_day_wins_and_a_planned_change_can_be_taken_back()
    {
        await ChangeAsync(CompanySection.Seat, Hibari, "2026-11-01");
        await ChangeAsync(CompanySection.Seat, Hibari with { Address = "東京都港区芝2-2" }, "2026-11-01");
        await ChangeAsync(CompanySection.Seat, Hibari with { Address = "大阪市北区梅田3-3" }, "2027-01-04");
        var planned = await app.Database.ScalarAsync<long>("select max(id) from company_versions");

        var manager = await app.PagesAsAsync(Cast.Manami);
        var answer = await manager.PostFormAsync("/company", "/company?handler=withdraw", ("id", $"{planned}"));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("東京都港区芝2-2", (await OnAsync("2027-01-04")).Address);
        // What has begun is not taken back.
        await Assert.ThrowsAsync<NotFound>(() => app.Get<ChangeCompany>().WithdrawAsync(Cast.Manami.User(), planned - 1, default));
        Assert.Equal(1, await app.Database.ScalarAsync<int>("select count(*) from trail.entries where what = 'company.changeWithdrawn'"));
    }

    [Fact]
    public async Task Only_the_compliance_manager_changes_the_company()
    {
        foreach (var member in new[] { Cast.Adam, Cast.Carol, Cast.Tom, Cast.Alice })
        {
            await Assert.ThrowsAsync<NotFound>(() => app.Get<ChangeCompany>().RunAsync(member.User(), CompanySection.Name, Hibari, new(2026, 11, 24), default));
        }
        var auditor = await (await app.PagesAsAsync(Cast.Carol)).PageAsync("/company");
        Assert.DoesNotContain("/company/change/", auditor);
    }

    [Fact]
    public async Task What_cannot_be_taken_is_said_at_its_field_and_nothing_typed_is_lost()
    {
        var manager = await app.PagesAsAsync(Cast.Manami);
        var answer = await manager.PostFormAsync("/company/change/name", null, ("Input.NameJa", "ひばりネット"), ("Input.CorporateNumber", "8000012050002"), ("Input.FromOn", "R8.12.1"));
        var page = await answer.TextAsync();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("法人番号は13桁の数字です", page);
        Assert.Contains("value=\"8000012050002\"", page);
        Assert.Contains("value=\"R8.12.1\"", page);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/company/change/1")).StatusCode);
    }

    [Theory]
    [InlineData(CompanySection.Secretariat, "senderAddress")]
    [InlineData(CompanySection.Customs, "stampOrder")]
    public void Each_section_checks_its_values(CompanySection section, string field) =>
        Assert.Equal(field, Assert.Throws<InvalidInput>(() => ChangeCompany.Check(section, Hibari with { SenderAddress = "事務局 <a@b>", StampOrder = "作成" })).Field);

    [Fact]
    public async Task Mails_of_a_day_carry_the_sender_in_force_on_it()
    {
        await ChangeAsync(CompanySection.Name, Hibari, "2026-11-01");
        await ChangeAsync(CompanySection.Secretariat, Hibari, "2026-11-01");
        await ChangeAsync(CompanySection.Secretariat, Hibari with { SecretariatName = "新しい事務局", SenderAddress = "new@example.test" }, "2026-11-25");
        var first = await MailAsync("a");
        await app.Database.SetClockAsync("2026-11-25T09:30:00");
        var second = await MailAsync("b");

        Assert.Contains("office@example.test", first);
        Assert.DoesNotContain("new@example.test", first);
        Assert.Contains("new@example.test", second);
    }

    [Fact]
    public async Task The_cover_of_a_workbook_says_what_was_in_force_at_its_cut_off()
    {
        await ChangeAsync(CompanySection.Name, Hibari, "2026-11-01");
        await ChangeAsync(CompanySection.Name, Hibari with { NameJa = "ひばりホールディングス株式会社" }, "2026-11-20");

        Assert.Equal("ひばりネット株式会社", await CompanyOnCoverAsync(Quarter.Japan("2026-11-19T18:00:00")));
        Assert.Equal("ひばりホールディングス株式会社", await CompanyOnCoverAsync(Quarter.Japan("2026-11-20T00:00:00")));
    }

    [Fact]
    public async Task Dates_in_eras_reach_pages_mails_and_workbooks()
    {
        await ChangeAsync(CompanySection.Name, Hibari, "2026-11-01");
        await ChangeAsync(CompanySection.Customs, Hibari with { EraDates = true }, "2026-11-24");

        var manager = await app.PagesAsAsync(Cast.Manami);
        Assert.Contains("令和8年11月24日（火）", await manager.PageAsync("/company"));
        Assert.Contains("令和8年度", await MailAsync("era"));
        Assert.Contains("[$-411]ge\\.m\\.d", Workbook.Part(await Quarter.WriteAsync(app.Database, Quarter.Order()), "xl/styles.xml"));
        // English pages, mails and papers keep western years.
        Assert.DoesNotContain("[$-411]", Workbook.Part(await Quarter.WriteAsync(app.Database, Quarter.Order("en")), "xl/styles.xml"));
    }

    [Fact]
    public async Task A_fiscal_year_from_October_cuts_the_periods_of_new_requests()
    {
        await ChangeAsync(CompanySection.Customs, Hibari with { FiscalStartMonth = 10 }, "2026-11-24");

        var request = await Quarter.AddAsync(app.Database, "半期の点検", "iso27001-2022:A.8.15");

        await using var connection = await app.Database.Db.OpenAsync();
        var periods = (await BusinessCalendars.LoadAsync(connection)).Periods;
        Assert.Equal(new Period(new(2026, 10, 1), new(2027, 3, 31)), periods.Containing(PeriodKind.Half, new(2026, 11, 24)));
        Assert.Equal(new DateOnly(2026, 7, 1), await app.Database.ScalarAsync<DateOnly>("select min(period_from) from collections where request_id = @request", new { request }));
        var refused = await Assert.ThrowsAsync<InvalidInput>(() => ChangeAsync(CompanySection.Customs, Hibari with { FiscalStartMonth = 7 }, "2026-11-23"));
        Assert.Equal("FiscalYearNotInThePast", refused.Key);
    }

    private Task ChangeAsync(CompanySection section, CompanyProfile said, string from) =>
        app.Get<ChangeCompany>().RunAsync(Cast.Manami.User(), section, said, DateOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture), default);

    private async Task<CompanyProfile> OnAsync(string day)
    {
        await using var connection = await app.Database.Db.OpenAsync();
        return await CompanyStore.LoadAsync(connection, DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture));
    }

    private async Task<string> MailAsync(string key)
    {
        await using (var work = await app.Database.BeginAsync())
        {
            await work.TellNowAsync(new Notice($"test:{key}", "evidence/collection-opened", Cast.Alice.PersonId, $"test:{key}")
            {
                DueOn = new DateOnly(2027, 4, 14),
                Model = new Dictionary<string, object?>
                {
                    ["title"] = "棚卸し",
                    ["period"] = new { from = "2026-04-01", to = "2027-03-31" },
                    ["minutes"] = 20,
                    ["link"] = "/",
                    ["reviewerName"] = "坊田 望",
                    ["itemsInWordsJa"] = null,
                    ["itemsInWordsEn"] = null,
                },
            });
            await work.CommitAsync();
        }
        await app.Get<SendMails>().RunAsync(default);
        var folder = app.Database.Installation.Settings.MailFolder;
        var newest = new DirectoryInfo(folder).GetFiles("*.eml").OrderByDescending(file => file.LastWriteTimeUtc).First();
        return await File.ReadAllTextAsync(newest.FullName) + await app.Database.ScalarAsync<string>("select subject || body_text from mails order by id desc limit 1");
    }

    private async Task<string> CompanyOnCoverAsync(DateTime cutoff)
    {
        var workbook = await Quarter.WriteAsync(app.Database, Quarter.Order(cutoff: cutoff));
        return Workbook.Part(workbook, "docProps/core.xml").Split("<dc:creator>")[1].Split("</dc:creator>")[0];
    }
}
