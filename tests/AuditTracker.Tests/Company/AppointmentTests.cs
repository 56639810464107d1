using System.Net;
using AuditTracker.Company;
using AuditTracker.Platform;
using AuditTracker.Tests.Reports;
using AuditTracker.Tests.Support;
using Npgsql;

namespace AuditTracker.Tests.Company;

/// <summary>Appointments by date: the privacy manager and the audit lead are never the same person (J.2.3.2), holders leave, history is read by day.</summary>
public sealed class AppointmentTests : IAsyncLifetime
{
    private TestApp app = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await app.Database.SetClockAsync("2026-11-24T09:00:00");
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Theory]
    [InlineData("2026-04-01", "2027-03-31", "2026-12-01", null)]
    [InlineData("2026-04-01", null, "2030-01-01", "2030-12-31")]
    [InlineData("2027-04-01", null, "2026-04-01", "2027-04-01")]
    [InlineData("2026-04-01", "2026-04-30", "2026-04-30", "2026-05-31")]
    public async Task The_privacy_manager_and_the_audit_lead_are_different_people_on_every_day(string from, string? to, string otherFrom, string? otherTo)
    {
        await AppointAsync("privacyManager", Cast.Hana, from, to);

        var refused = await Assert.ThrowsAsync<Refusal>(() => AppointAsync("privacyAuditLead", Cast.Hana, otherFrom, otherTo));

        Assert.Equal("KeptApart", refused.Key);
        Assert.Contains("花田 花さんは個人情報保護管理者です", refused.In(app.Get<Microsoft.Extensions.Localization.IStringLocalizerFactory>()));
    }

    [Fact]
    public async Task One_after_the_other_is_allowed_and_so_is_somebody_else()
    {
        await AppointAsync("privacyManager", Cast.Hana, "2026-04-01", "2027-03-31");
        await AppointAsync("privacyAuditLead", Cast.Hana, "2027-04-01", null);
        await AppointAsync("privacyAuditLead", Cast.Bob, "2026-04-01", "2027-03-31");
        // Other kinds may be one person's.
        await AppointAsync("ismsManager", Cast.Hana, "2026-04-01", null);
    }

    [Fact]
    public async Task The_database_itself_refuses_the_same_person()
    {
        await AppointAsync("privacyManager", Cast.Hana, "2026-04-01", null);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => app.Database.ArrangeAsync("""
            insert into appointments (kind, apart, single, person_id, from_on, by_actor, at) values ('privacyAuditLead', 'privacy', true, @person, '2028-01-01', 'operator:test', now())
            """, new { person = Cast.Hana.PersonId }));
        Assert.Equal("appointments_apart", refused.ConstraintName);
        // Nor can a row say that the rule does not concern it.
        var bent = await Assert.ThrowsAsync<PostgresException>(() => app.Database.ArrangeAsync("""
            insert into appointments (kind, apart, single, person_id, from_on, by_actor, at) values ('privacyAuditLead', '', true, @person, '2028-01-01', 'operator:test', now())
            """, new { person = Cast.Hana.PersonId }));
        Assert.Equal("appointments_rules", bent.ConstraintName);
    }

    [Fact]
    public async Task A_longer_term_cannot_slip_past_the_rule()
    {
        var first = await AppointAsync("privacyManager", Cast.Hana, "2026-04-01", "2026-12-31");
        await AppointAsync("privacyAuditLead", Cast.Hana, "2027-01-01", null);
        await Assert.ThrowsAsync<Refusal>(() => app.Get<Appoint>().EndAsync(Cast.Manami.User(), first, new(2027, 1, 1), default));
        await app.Get<Appoint>().EndAsync(Cast.Manami.User(), first, new(2026, 11, 30), default);
    }

    [Fact]
    public async Task One_holder_at_a_time_and_a_successor_may_end_the_term_before()
    {
        await AppointAsync("ismsManager", Cast.Hana, "2026-04-01", null);
        Assert.Equal("HeldAlready", (await Assert.ThrowsAsync<Refusal>(() => AppointAsync("ismsManager", Cast.Bob, "2026-12-01", null))).Key);
        await app.Get<Appoint>().RunAsync(Cast.Manami.User(), Input("ismsManager", Cast.Bob, "2026-12-01", null) with { EndPrevious = true }, default);
        await AppointAsync("internalAuditor", Cast.Bob, "2026-04-01", null);
        await AppointAsync("internalAuditor", Cast.Carol, "2026-04-01", null);

        Assert.Equal("花田 花", await HolderAsync("ismsManager", "2026-11-30"));
        Assert.Equal("坊田 望", await HolderAsync("ismsManager", "2026-12-01"));
        await using var connection = await app.Database.Db.OpenAsync();
        Assert.Equal(["ismsManager", "internalAuditor"], (await AppointmentStore.OfPersonAsync(connection, Cast.Bob.PersonId)).Select(row => row.Kind));
        Assert.Equal(["internalAuditor"], (await AppointmentStore.OfPersonAsync(connection, Cast.Bob.PersonId, new(2026, 11, 24))).Select(row => row.Kind));
    }

    [Fact]
    public async Task Each_department_has_its_manager()
    {
        await app.Get<Appoint>().RunAsync(Cast.Manami.User(), Input("departmentManager", Cast.Hana, "2026-04-01", null) with { Department = "D1" }, default);
        await app.Get<Appoint>().RunAsync(Cast.Manami.User(), Input("departmentManager", Cast.Bob, "2026-04-01", null) with { Department = "D2" }, default);
        await Assert.ThrowsAsync<Refusal>(() => app.Get<Appoint>().RunAsync(Cast.Manami.User(), Input("departmentManager", Cast.Alice, "2026-04-01", null) with { Department = "D1" }, default));
        Assert.Equal("department", (await Assert.ThrowsAsync<InvalidInput>(() => AppointAsync("departmentManager", Cast.Alice, "2026-04-01", null))).Field);
    }

    [Fact]
    public async Task The_page_shows_a_day_its_gaps_and_stamp_boxes()
    {
        await AppointAsync("privacyManager", Cast.Hana, "2026-04-01", "2026-11-30");
        await AppointAsync("privacyManager", Cast.Bob, "2026-12-01", null);
        await app.Database.ArrangeAsync("update people set left_on = '2026-12-31' where id = @id", new { id = Cast.Bob.PersonId });
        var manager = await app.PagesAsAsync(Cast.Manami);

        var today = await manager.PageAsync("/company/appointments");
        Assert.Contains("任命（<span class=\"nowrap\">2026年11月24日（火）</span>現在）", today);
        Assert.Contains("<table class=\"stamps\"", today);
        Assert.Contains("2026年12月31日（木）に退職", today);
        Assert.Contains("/company/appointments/new?kind=privacyAuditLead", today);
        Assert.DoesNotContain("/company/appointments/new?kind=privacyManager", today);
        var later = await manager.PageAsync("/company/appointments?on=R9.1.4");
        // Whoever has left holds nothing.
        Assert.Contains("/company/appointments/new?kind=privacyManager", later);
        Assert.Contains("2通りに読めます", await manager.PageAsync("/company/appointments?on=8.11.24"));
        Assert.DoesNotContain("/company/appointments/new", await (await app.PagesAsAsync(Cast.Carol)).PageAsync("/company/appointments"));
    }

    [Fact]
    public async Task A_form_appoints_and_says_what_must_be_reported()
    {
        var manager = await app.PagesAsAsync(Cast.Manami);
        var page = $"/company/appointments/new?kind=privacyManager&find={Cast.Hana.EmployeeNo}";
        var answer = await manager.PostFormAsync(page, null, ("Input.EmployeeNo", Cast.Hana.EmployeeNo), ("Input.FromOn", "R8.4.1"), ("Input.Document", "任-01"));
        Assert.Equal("/company/appointments", answer.Headers.Location!.OriginalString);
        Assert.Contains("審査機関への報告が今日の画面に出ます", await manager.PageAsync("/company/appointments"));
        var again = await manager.PostFormAsync($"/company/appointments/new?kind=privacyAuditLead&find={Cast.Hana.EmployeeNo}", null, ("Input.EmployeeNo", Cast.Hana.EmployeeNo), ("Input.FromOn", "R9.4.1"));
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Contains("value=\"R9.4.1\"", await again.TextAsync());
    }

    [Fact]
    public async Task What_was_entered_by_mistake_is_taken_back_with_a_reason_and_frees_the_place()
    {
        var wrong = await AppointAsync("privacyManager", Cast.Hana, "2026-04-01", null);
        await Assert.ThrowsAsync<InvalidInput>(() => app.Get<Appoint>().WithdrawAsync(Cast.Manami.User(), wrong, " ", default));
        await app.Get<Appoint>().WithdrawAsync(Cast.Manami.User(), wrong, "人違い", default);
        await AppointAsync("privacyAuditLead", Cast.Hana, "2026-04-01", null);
        await Assert.ThrowsAsync<NotFound>(() => app.Get<Appoint>().EndAsync(Cast.Tom.User(), wrong, new(2027, 3, 31), default));
    }

    private static AppointmentInput Input(string kind, Cast.Member who, string from, string? to) =>
        new(kind, who.EmployeeNo, null, Day(from), to is null ? null : Day(to), "代表取締役", "", false);

    private Task<long> AppointAsync(string kind, Cast.Member who, string from, string? to) => app.Get<Appoint>().RunAsync(Cast.Manami.User(), Input(kind, who, from, to), default);

    private async Task<string> HolderAsync(string kind, string on)
    {
        await using var connection = await app.Database.Db.OpenAsync();
        return (await AppointmentStore.OnAsync(connection, Day(on))).Single(row => row.Kind == kind).Name;
    }

    private static DateOnly Day(string iso) => DateOnly.Parse(iso, System.Globalization.CultureInfo.InvariantCulture);
}
