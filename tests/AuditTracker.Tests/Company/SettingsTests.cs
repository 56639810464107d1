using System.Net;
using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Tests.Reports;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Company;

/// <summary>The compliance manager's thresholds are versioned data; the operator's settings are shown and never their secrets.</summary>
public sealed class SettingsTests : IAsyncLifetime
{
    private const string Secret = "the-password-of-the-owner";
    private TestApp app = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync(("ConnectionStrings:Owner", $"Host=nowhere;Password={Secret}"));
        await app.Database.SetClockAsync("2026-11-24T08:00:00");
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task New_rules_hold_from_their_day_on()
    {
        await app.Get<ChangeNoticeRules>().RunAsync(Cast.Manami.User(), NoticeRules.Standard with { DaysBefore = 5, SoonDays = 6 }, new(2026, 12, 1), default);
        await using var connection = await app.Database.Db.OpenAsync();

        Assert.Equal(NoticeRules.Standard, await NoticeRules.LoadAsync(connection, new DateOnly(2026, 11, 30)));
        Assert.Equal(5, (await NoticeRules.LoadAsync(connection, new DateOnly(2026, 12, 1))).DaysBefore);
        await app.Database.SetClockAsync("2026-12-01T09:00:00");
        Assert.Equal(6, (await app.Get<CompanyDays>().LoadAsync(default)).Soon);
        Assert.Equal("fromOn", (await Assert.ThrowsAsync<InvalidInput>(() => app.Get<ChangeNoticeRules>().RunAsync(Cast.Manami.User(), NoticeRules.Standard, new(2026, 11, 30), default))).Field);
        await Assert.ThrowsAsync<NotFound>(() => app.Get<ChangeNoticeRules>().RunAsync(Cast.Adam.User(), NoticeRules.Standard, new(2026, 12, 1), default));
    }

    [Fact]
    public async Task Owners_are_reminded_by_the_company_s_rules()
    {
        await app.Get<ChangeNoticeRules>().RunAsync(Cast.Manami.User(), NoticeRules.Standard with { DaysBefore = 8 }, new(2026, 11, 24), default);
        await app.Database.SetClockAsync("2027-01-05T08:00:00");
        await Quarter.AddAsync(app.Database, "棚卸し", "iso27001-2022:A.8.15");
        await app.Database.ArrangeAsync("delete from collections where period_from <> '2026-10-01'");
        await app.Get<OpenDueCollections>().RunAsync(default);

        // Due on 2027-01-18; eight business days before it is 2027-01-05, three are 01-13.
        Assert.Equal(1, await app.Get<RemindOwners>().RunAsync(default));
    }

    [Fact]
    public async Task The_send_window_is_the_company_s_from_its_day_on()
    {
        await using var connection = await app.Database.Db.OpenAsync();
        Assert.Equal(new TimeOnly(9, 0), (await SendWindow.LoadAsync(connection, app.Get<Settings>(), default)).From);

        await app.Get<ChangeNoticeRules>().RunAsync(Cast.Manami.User(), NoticeRules.Standard with { SendFrom = new(13, 0), SendUntil = new(13, 30) }, new(2026, 11, 24), default);

        Assert.Equal(new SendWindow(new(13, 0), new(13, 30)), await SendWindow.LoadAsync(connection, app.Get<Settings>(), default));
    }

    [Fact]
    public async Task The_form_keeps_what_was_typed_and_names_the_field()
    {
        var manager = await app.PagesAsAsync(Cast.Manami);
        (string, string)[] form = [("Input.SendFrom", "9:00"), ("Input.SendUntil", "8:00"), ("Input.SoonDays", "４"), ("Input.DaysBefore", "3"), ("Input.FirstAfter", "1"), ("Input.SecondAfter", "3"), ("Input.RepeatDays", "7"), ("Input.FromOn", "R8.11.25")];
        var wrong = await manager.PostFormAsync("/settings/notices", null, form);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("終わりを後にしてください", await wrong.TextAsync());

        form[1] = ("Input.SendUntil", "11:30");
        Assert.Equal("/settings", (await manager.PostFormAsync("/settings/notices", null, form)).Headers.Location!.OriginalString);
        await app.Database.SetClockAsync("2026-11-25T08:00:00");
        var page = await manager.PageAsync("/settings");
        Assert.Contains("9:00～11:30", page);
        Assert.Contains("4営業日", page);
        Assert.Contains("間 真奈美", page);
    }

    [Fact]
    public async Task The_operator_s_settings_are_the_administrator_s_and_no_secret_is_shown()
    {
        var admin = await (await app.PagesAsAsync(Cast.Adam)).PageAsync("/settings");
        Assert.Contains("AuditTracker__Port", admin);
        Assert.Contains("Set</td>", admin);
        Assert.DoesNotContain(Secret, admin);
        Assert.DoesNotContain("/settings/notices", admin);
        var manager = await (await app.PagesAsAsync(Cast.Manami)).PageAsync("/settings");
        Assert.DoesNotContain("AuditTracker__Port", manager);
        Assert.Contains("/settings/notices", manager);
    }
}
