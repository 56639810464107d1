using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Notifications;
using AuditTracker.Overview;
using AuditTracker.Platform;
using AuditTracker.Tests.Reports;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Overview;

/// <summary>The first set-up: steps computed from data, and the mails of the coming days as they will really be.</summary>
public sealed class SetupTests : IAsyncLifetime
{
    private TestApp app = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await app.Database.SetClockAsync("2026-09-28T08:00:00");
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Each_step_is_done_when_its_data_is_there()
    {
        Assert.Equal(["People"], await DoneAsync());
        await app.Get<ChangeCompany>().RunAsync(Cast.Manami.User(), CompanySection.Name, new() { NameJa = "試験株式会社" }, new(2026, 9, 1), default);
        await app.Get<ChangeCompany>().RunAsync(Cast.Manami.User(), CompanySection.Seat, new() { Address = "東京都" }, new(2026, 9, 1), default);
        await app.Get<ChangeCompany>().RunAsync(Cast.Manami.User(), CompanySection.Secretariat, new() { SecretariatName = "事務局", SecretariatContact = "内線1", SenderAddress = "a@example.test" }, new(2026, 9, 1), default);
        await Quarter.AddAsync(app.Database, "棚卸し", "iso27001-2022:A.8.15");
        Assert.Equal(["Company", "People", "Requests"], await DoneAsync());
        foreach (var (kind, who) in new[] { ("privacyManager", Cast.Hana), ("privacyAuditLead", Cast.Carol), ("ismsManager", Cast.Bob), ("complaintsLead", Cast.Bob) })
        {
            await app.Get<Appoint>().RunAsync(Cast.Manami.User(), new AppointmentInput(kind, who.EmployeeNo, null, new(2026, 4, 1), null, "", "", false), default);
        }
        Assert.Equal(["Company", "People", "Appointments", "Requests"], await DoneAsync());
    }

    [Fact]
    public async Task A_framework_is_adopted_when_every_item_of_it_has_an_owner_or_is_left_out()
    {
        await app.Database.ArrangeAsync("update controls set owner_id = @PersonId where framework = 'safe-security-isp' and ref <> (select max(ref) from controls where framework = 'safe-security-isp')", Cast.Bob);
        Assert.Equal(["People"], await DoneAsync());
        await app.Database.ArrangeAsync("update controls set applicable = false, reason = 'x' where framework = 'safe-security-isp' and owner_id is null");
        Assert.Equal(["Frameworks", "People"], await DoneAsync());
        Assert.Contains("安全・安心マーク 20/20", await (await app.PagesAsAsync(Cast.Manami)).PageAsync("/setup"));
    }

    [Fact]
    public async Task Today_leads_on_until_something_was_asked()
    {
        var manager = await app.PagesAsAsync(Cast.Manami);
        Assert.Contains("次は「会社と暦」です", await manager.PageAsync("/"));
        Assert.DoesNotContain("setup-next", await (await app.PagesAsAsync(Cast.Alice)).PageAsync("/"));
        await Quarter.AddAsync(app.Database, "棚卸し", "iso27001-2022:A.8.15");
        await app.Database.SetClockAsync("2026-10-01T08:00:00");
        await app.Get<OpenDueCollections>().RunAsync(default);
        Assert.DoesNotContain("setup-next", await manager.PageAsync("/"));
    }

    [Fact]
    public async Task What_is_foretold_is_what_is_mailed()
    {
        await Quarter.AddAsync(app.Database, "棚卸し", "iso27001-2022:A.8.15");
        var foretold = await app.Get<ForecastMails>().LoadAsync(Cast.Manami.User(), 20, default);

        var mailed = new List<string>();
        for (var day = new DateOnly(2026, 9, 28); day <= foretold.Days[^1]; day = day.AddDays(1))
        {
            await app.Database.SetClockAsync($"{day:yyyy-MM-dd}T09:10:00");
            await app.Get<OpenDueCollections>().RunAsync(default);
            await app.Get<RemindOwners>().RunAsync(default);
            await app.Get<SendMails>().RunAsync(default);
        }
        var told = await app.Database.ListAsync<(DateOnly On, long Person, string Template)>("""
            select m.sent_on, m.person_id, n.template from notices n join mails m on m.id = n.mail_id where m.state = 'accepted' and m.kind = 'daily' order by 1, 2
            """);
        mailed.AddRange(told.Select(row => $"{row.On:yyyy-MM-dd} {row.Person} {row.Template.Replace("evidence/collection-", "")}"));
        Assert.Equal(mailed, foretold.Notices.Select(notice => $"{notice.On:yyyy-MM-dd} {notice.PersonId} {notice.What switch { "dueSoon" => "due-soon", "manager" => "overdue-manager", var what => what }}"));
        Assert.Contains(mailed, line => line.EndsWith("overdue-manager", StringComparison.Ordinal));
        Assert.Equal("2026-10-01 1 opened", mailed[0]);
        // Afterwards the same reminders are not promised again.
        Assert.DoesNotContain((await app.Get<ForecastMails>().LoadAsync(Cast.Manami.User(), 1, default)).Notices, notice => notice.What is "overdue" or "manager");
    }

    [Fact]
    public async Task The_page_names_each_mail_and_says_that_a_folder_reaches_nobody()
    {
        await Quarter.AddAsync(app.Database, "アクセス権棚卸し", "iso27001-2022:A.5.18");
        var manager = await app.PagesAsAsync(Cast.Manami);
        var page = await manager.PageAsync("/setup");
        Assert.Contains("相手には届きません", page);
        Assert.Contains("相川 有栖", page);
        Assert.Contains("アクセス権棚卸し", page);
        await Assert.ThrowsAsync<NotFound>(() => app.Get<ForecastMails>().LoadAsync(Cast.Tom.User(), 10, default));
    }

    private async Task<IEnumerable<string>> DoneAsync() => (await app.Get<SetupSteps>().LoadAsync(default)).Where(step => step.IsDone).Select(step => step.Key);
}
