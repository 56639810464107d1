using System.Net;
using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>An occurrence that has not opened is moved with a reason: it keeps both its days, everywhere it is shown.</summary>
public sealed class MoveOccurrenceTests(Desk desk) : IClassFixture<Desk>
{
    [Fact]
    public async Task A_planned_occurrence_moves_its_opening_and_due_date_and_shows_where_it_stood()
    {
        var request = await desk.RequestAsync("動かす依頼", startOn: "2026-10-01");
        var id = await desk.CollectionAsync(request, "2026-10-01");
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var at = $"/evidence/collections/{id}/due";
        var form = await manami.PageAsync(at);
        Assert.Equal(("2027/1/1", "2027/1/18"), (Browsing.Hidden(form, "Input.OpensOn"), Browsing.Hidden(form, "Input.DueOn")));
        // Earlier than the day on which it would have opened: both go together.
        using (var refused = await manami.SendAsync(form, $"{at}?handler=Move", ("Input.OpensOn", "2027/1/1"), ("Input.DueOn", "2026/12/18"), ("Input.Reason", "審査が早まったため")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("審査が早まったため", await refused.Content.ReadAsStringAsync());
        }
        using (var moved = await manami.SendAsync(form, $"{at}?handler=Move", ("Input.OpensOn", "2026/12/7"), ("Input.DueOn", "2026/12/18"), ("Input.Reason", "審査が早まったため")))
        {
            Assert.Equal(HttpStatusCode.Redirect, moved.StatusCode);
        }

        var page = Browsing.Plain(await manami.PageAsync($"/evidence/collections/{id}"));
        Assert.Contains("2026/12/7（月） 当初 2027/1/1（金）", page);
        Assert.Contains("2026/12/18（金） 当初 2027/1/18（月）", page);
        Assert.Contains("審査が早まったため", page);
        var year = await manami.PageAsync("/evidence/year?fy=2026");
        Assert.Contains("→18", year);
        Assert.Contains("（当初の期限 2027/1/18（月））", year);
        var rows = (await Desk.WorkbookAsync(manami, year))[^1];
        Assert.Contains(rows.Rows.Cast<System.Data.DataRow>(), row => row.ItemArray.Any(cell => $"{cell}".Contains("（当初の期限 2027/1/18（月））", StringComparison.Ordinal)));

        // Neither a new version nor another calendar takes the decision back.
        var row = (await desk.App.Get<RequestStore>().FindAsync(Desk.Manager, request, default))!;
        await desk.App.Get<SaveRequest>().ChangeAsync(Desk.Manager, request, row.Version, new(row.Title, "新しい説明", row.Minutes, row.Items, row.Owner, row.Reviewer, row.Recurrence, 5, 20, row.Unit, row.StartOn, null));
        await desk.App.Get<ChangeDays>().CloseAsync(Desk.Manager, new(2027, 1, 12), new(2027, 1, 13), "創立記念日", "", default);
        await desk.App.Get<ReplanForCalendar>().RunAsync(default);
        Assert.Equal((new DateOnly(2026, 12, 7), new DateOnly(2026, 12, 18), new DateOnly(2027, 1, 1), new DateOnly(2027, 1, 18)), (await desk.App.Database.ListAsync<(DateOnly, DateOnly, DateOnly, DateOnly)>(
            "select opens_on, due_on, planned_opens_on, planned_due_on from collections where id = @id", new { id })).Single());
    }

    [Fact]
    public async Task What_has_opened_keeps_its_opening()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("もう開いた依頼"), "2026-07-01");
        var refused = await Assert.ThrowsAsync<InvalidInput>(() => desk.App.Get<MoveDueDate>().MoveAsync(Desk.Manager, id, new(2026, 12, 18), "延ばす", new DateOnly(2026, 12, 1)));
        Assert.Equal(("opensOn", "OpenedAlready"), (refused.Field, refused.Key));
        var planned = await desk.CollectionAsync(await desk.RequestAsync("まだの依頼", startOn: "2026-10-01"), "2026-10-01");
        foreach (var (opens, key) in new[] { (new DateOnly(2026, 11, 23), "OpeningInPast"), (new DateOnly(2028, 6, 1), "OpeningTooFar") })
        {
            refused = await Assert.ThrowsAsync<InvalidInput>(() => desk.App.Get<MoveDueDate>().MoveAsync(Desk.Manager, planned, new(2028, 6, 30), "動かす", opens));
            Assert.Equal(("opensOn", key), (refused.Field, refused.Key));
        }
        Assert.DoesNotContain("Input.OpensOn", await (await desk.App.PagesAsAsync(Cast.Manami)).PageAsync($"/evidence/collections/{id}/due"));
    }
}

/// <summary>"Once a year" in both readings of domain.md §3.6.</summary>
public sealed class YearlyDutyTests
{
    private static readonly FiscalPeriods April = new(4);
    private static DateOnly D(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd");

    /// <summary>A period that ends with March of its fiscal year, due in the middle of April.</summary>
    private static DutyPeriod Year(int year, string? done) => new(new DateOnly(year + 1, 3, 31), new DateOnly(year + 1, 4, 14), done is null ? null : D(done));

    [Fact]
    public void What_is_handed_in_in_time_after_the_years_end_counts_for_the_year_it_is_of()
    {
        var duty = YearlyDuty.Of([Year(2025, "2026-04-09"), Year(2026, "2027-04-08"), Year(2027, null)], D("2025-04-01"), null, D("2027-04-20"), April, 1);
        Assert.Equal([(2025, D("2026-04-09")), (2026, D("2027-04-08")), (2027, (DateOnly?)null)], duty.Years.Select(year => (year.Number, year.DoneOn)));
        Assert.Empty(duty.Missed);
        Assert.False(duty.IsDoneThisYear);
        Assert.Null(duty.LongestGap);
    }

    [Theory]
    [InlineData("2027-04-14", false)]
    [InlineData("2027-04-15", true)]
    public void A_year_is_missed_when_the_time_to_hand_in_is_over_too(string today, bool missed) =>
        Assert.Equal(missed ? [2026] : [], YearlyDuty.Of([Year(2025, "2026-04-09"), Year(2026, null)], D("2025-04-01"), null, D(today), April, 1).Missed.Select(year => year.Number));

    [Fact]
    public void Every_fiscal_year_may_be_done_and_the_two_still_lie_too_far_apart()
    {
        var duty = YearlyDuty.Of([new(D("2026-03-31"), D("2026-04-14"), D("2025-04-10")), new(D("2027-03-31"), D("2027-04-14"), D("2027-03-20"))], D("2025-04-01"), null, D("2027-03-25"), April, 1);
        Assert.Equal([(2025, D("2025-04-10")), (2026, D("2027-03-20"))], duty.Years.Select(year => (year.Number, year.DoneOn!.Value)));
        Assert.Equal((D("2025-04-10"), D("2027-03-20")), duty.LongestGap);
        Assert.Equal((true, false, D("2028-04-20")), (duty.IsDoneThisYear, duty.IsTooLong, duty.NextBy!.Value));
    }

    [Theory]
    [InlineData("2026-12-30", 1, false)]
    [InlineData("2026-12-31", 1, true)]
    [InlineData("2026-12-01", 0, true)]
    [InlineData("2026-11-30", 0, false)]
    public void Twelve_months_and_the_grace_are_the_last_day(string today, int grace, bool tooLong) =>
        Assert.Equal(tooLong, YearlyDuty.Of([Year(2025, "2025-11-30")], D("2025-04-01"), null, D(today), April, grace).IsTooLong);

    [Fact]
    public void A_year_without_is_missed_once_it_is_over_and_never_done_has_no_next_day()
    {
        var duty = YearlyDuty.Of([], D("2025-06-01"), null, D("2026-11-24"), April, 1);
        Assert.Equal([2025], duty.Missed.Select(year => year.Number));
        Assert.Equal((null, false), (duty.NextBy, duty.IsTooLong));
        Assert.Equal([2024, 2025], YearlyDuty.Of([Year(2024, "2025-02-01")], D("2025-06-01"), D("2026-01-31"), D("2026-11-24"), April, 1).Years.Select(year => year.Number));
    }
}

/// <summary>Both readings on the pages.</summary>
public sealed class YearlyPagesTests(Desk desk) : IClassFixture<Desk>
{
    [Fact]
    public async Task Request_page_and_coverage_page_tell_both_readings()
    {
        var request = await desk.RequestAsync("年次の内部監査", startOn: "2025-04-01", every: PeriodKind.Year);
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        Assert.Contains("2025年度： 実施なし", Browsing.Plain(await manami.PageAsync($"/evidence/requests/{request}")));
        var id = await desk.CollectionAsync(request, "2025-04-01");
        await desk.HandInAsync(id, Cast.Alice, "監査報告");
        await desk.App.Get<ReviewCollection>().DecideAsync(Desk.User(Cast.Bob, AuditTracker.Platform.Security.Role.Reviewer), id, Decision.Accept, "", default);

        var page = Browsing.Plain(await manami.PageAsync($"/evidence/requests/{request}"));
        Assert.Contains("2026年度：まだ2025年度：2026/11/24（火）", page.Replace(" ", ""));
        Assert.Contains("次は2027/12/24（金）まで", page.Replace(" ", "").Replace("次は", "次は"));
        var coverage = Browsing.Plain(await manami.PageAsync("/controls/coverage?framework=iso27001-2022"));
        Assert.Contains("年次の内部監査 まだ なし 2026/11/24（火） 2027/12/24（金）", coverage);
        var other = Browsing.Plain(await (await desk.App.PagesAsAsync(Cast.Manami)).PageAsync($"/evidence/requests/{await desk.RequestAsync("四半期の依頼")}"));
        Assert.DoesNotContain("前回からの間隔", other);
    }

    [Fact]
    public async Task The_gap_runs_from_the_day_on_which_evidence_was_captured()
    {
        var request = await desk.RequestAsync("年次の点検", startOn: "2025-04-01", every: PeriodKind.Year);
        var id = await desk.CollectionAsync(request, "2025-04-01");
        await desk.HandInAsync(id, Cast.Alice, "点検表", capturedOn: "2026-03-10");
        await desk.App.Get<ReviewCollection>().DecideAsync(Desk.User(Cast.Bob, AuditTracker.Platform.Security.Role.Reviewer), id, Decision.Accept, "", default);
        var page = Browsing.Plain(await (await desk.App.PagesAsAsync(Cast.Manami)).PageAsync($"/evidence/requests/{request}"));
        Assert.Contains("2025年度：2026/3/10（火）", page.Replace(" ", ""));
        Assert.Contains("次は2027/4/10（土）まで", page.Replace(" ", ""));
    }
}
