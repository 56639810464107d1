using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Tests.Calendar;
using static AuditTracker.Tests.Calendar.Days;

namespace AuditTracker.Tests.Company;

/// <summary>The date vectors of the field, each through the rules that ship as data (domain.md §18).</summary>
public sealed class DeadlinesTests
{
    private static readonly Deadlines Shipped = Deadlines.Read(Path.Combine(AppContext.BaseDirectory, "templates"));

    [Theory]
    [InlineData("pmark-window-opens", "2022-12-01", "2022-04-02")]
    [InlineData("pmark-window-closes", "2022-12-01", "2022-08-01")]
    [InlineData("pmark-window-opens", "2027-12-12", "2027-04-13")]
    [InlineData("pmark-window-closes", "2027-12-12", "2027-08-12")]
    [InlineData("pmark-window-closes", "2027-03-22", "2026-11-24")]
    [InlineData("pmark-window-opens", "2027-10-31", "2027-03-01")]
    [InlineData("appi-final-report", "2026-12-01", "2027-01-04")]
    [InlineData("appi-final-report", "2026-04-04", "2026-05-07")]
    [InlineData("appi-final-report", "2026-11-22", "2027-01-20", "malicious")]
    [InlineData("appi-final-report", "2026-11-22", "2027-01-20", "more-than-1000", "malicious")]
    [InlineData("appi-suit-possible", "2026-04-01", "2026-04-16")]
    [InlineData("request-papers-destroyed", "2026-11-20", "2028-11-20")]
    [InlineData("safe-security-application", "2027-03-31", "2026-11-01")]
    [InlineData("telecom-quarterly-accidents", "2026-09-30", "2026-11-30")]
    [InlineData("telecom-quarterly-accidents", "2026-06-30", "2026-08-31")]
    [InlineData("pmark-improvement-report", "2026-11-30", "2027-02-28")]
    public void A_deadline_falls_where_the_source_puts_it(string duty, string basis, string expected, params string[] facts) =>
        Assert.Equal(D(expected), Shipped[duty].RuleFor(D(basis), facts)!.From(D(basis), Ours).On);

    [Theory]
    [InlineData("2026-08-21", false)]
    [InlineData("2026-08-22", true)]
    public void A_residence_certificate_of_three_months_is_still_taken(string issued, bool accepted) =>
        Assert.Equal(accepted, Shipped["identity-paper-accepted"].RuleFor(D(issued))!.From(D(issued), Ours).On >= D("2026-11-22"));

    [Fact]
    public void A_shifted_deadline_tells_from_where_and_why()
    {
        var end = Shipped["pmark-window-closes"].RuleFor(D("2027-03-22"))!.From(D("2027-03-22"), Ours);
        Assert.Equal((D("2026-11-22"), true, ClosedBecause.Weekend), (end.CountedOn, end.Shifted, end.CountedClosed!.Because));
    }

    [Fact]
    public void The_companys_own_closures_and_make_up_days_do_not_move_a_legal_deadline()
    {
        var busy = new BusinessCalendar(4, [], [new Closure(D("2026-08-01"), D("2026-09-30"), "夏季休業", "Summer")], [D("2026-08-30")], KnownThrough);
        Assert.Equal(D("2026-08-31"), Shipped["appi-final-report"].RuleFor(D("2026-08-01"))!.From(D("2026-08-01"), busy).On);
    }

    [Fact]
    public void Before_the_first_version_there_is_no_date_to_guess() => Assert.Null(Shipped["appi-final-report"].RuleFor(D("2022-03-31")));

    [Fact]
    public void A_newer_version_holds_from_its_day_and_the_old_one_before()
    {
        var old = Shipped["appi-final-report"].Variants[^1].Versions[0];
        var duty = Shipped["appi-final-report"] with { Variants = [new DeadlineVariant(null, [old, old with { Amount = 20, ValidFrom = D("2027-04-01") }])] };
        Assert.Equal((30, 20), (duty.RuleFor(D("2027-03-31"))!.Amount, duty.RuleFor(D("2027-04-01"))!.Amount));
    }

    [Fact]
    public void Beyond_the_announced_holidays_a_deadline_is_a_forecast() =>
        Assert.False(Shipped["pmark-window-closes"].RuleFor(D("2028-12-12"))!.From(D("2028-12-12"), Ours).Known);

    [Fact]
    public void Every_duty_has_both_languages_a_basis_and_a_source() => Assert.All(Shipped.All, duty =>
    {
        Assert.DoesNotContain("", new[] { duty.TitleJa, duty.TitleEn, duty.BasisJa, duty.BasisEn });
        Assert.NotEmpty(duty.Variants);
        Assert.All(duty.Variants, variant => Assert.All(variant.Versions, rule => Assert.NotEmpty(rule.Source)));
    });
}
