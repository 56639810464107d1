using AuditTracker.Calendar;
using static AuditTracker.Tests.Calendar.Days;

namespace AuditTracker.Tests.Calendar;

public sealed class FiscalPeriodsTests
{
    private static readonly FiscalPeriods April = new(4);

    [Theory]
    [InlineData(PeriodKind.Month, "2028-02-10", "2028-02-01", "2028-02-29")]
    [InlineData(PeriodKind.Quarter, "2026-09-30", "2026-07-01", "2026-09-30")]
    [InlineData(PeriodKind.Quarter, "2027-01-01", "2027-01-01", "2027-03-31")]
    [InlineData(PeriodKind.Half, "2027-02-14", "2026-10-01", "2027-03-31")]
    [InlineData(PeriodKind.Year, "2027-03-31", "2026-04-01", "2027-03-31")]
    [InlineData(PeriodKind.Year, "2027-04-01", "2027-04-01", "2028-03-31")]
    public void A_day_lies_in_its_fiscal_period(PeriodKind kind, string day, string from, string to) =>
        Assert.Equal(P(from, to), April.Containing(kind, D(day)));

    [Fact]
    public void Periods_tile_the_calendar_for_every_start_month()
    {
        foreach (var start in Enumerable.Range(1, 12))
        {
            var fiscal = new FiscalPeriods(start);
            foreach (var kind in Enum.GetValues<PeriodKind>())
            {
                var periods = fiscal.Enumerate(kind, D("2024-02-29"), D("2029-07-15")).ToArray();
                Assert.True(periods[0].Contains(D("2024-02-29")) && periods[^1].Contains(D("2029-07-15")));
                Assert.All(periods.Zip(periods.Skip(1)), pair => Assert.Equal(pair.First.To.AddDays(1), pair.Second.From));
                Assert.All(periods, period => Assert.Equal((kind, period), (fiscal.KindOf(period)!.Value, fiscal.Previous(kind, fiscal.Next(kind, period)))));
            }

            Assert.Equal(start, fiscal.Containing(PeriodKind.Year, D("2026-06-15")).From.Month);
        }
    }

    [Fact]
    public void The_first_period_is_the_one_the_start_lies_in() =>
        Assert.Equal([P("2026-04-01", "2026-06-30"), P("2026-07-01", "2026-09-30")], April.Enumerate(PeriodKind.Quarter, D("2026-05-20"), D("2026-07-01")));

    [Fact]
    public void A_fiscal_year_bears_the_number_of_the_year_it_begins_in() =>
        Assert.Equal((2026, 2027, 2026), (April.YearOf(D("2027-03-31")), April.YearOf(D("2027-04-01")), new FiscalPeriods(1).YearOf(D("2026-12-31"))));

    [Fact]
    public void A_start_month_outside_the_year_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new FiscalPeriods(13));

    [Theory]
    [InlineData("2026-07-01", "2026-07-31", "7月分", "2026年7月分", "Jul 2026")]
    [InlineData("2026-07-01", "2026-09-30", "7～9月分", "2026年7～9月分", "Jul–Sep 2026")]
    [InlineData("2026-04-01", "2026-09-30", "上期", "2026年度上期", "FY2026 first half")]
    [InlineData("2026-10-01", "2027-03-31", "下期", "2026年度下期", "FY2026 second half")]
    [InlineData("2026-04-01", "2027-03-31", "2026年度", "2026年度", "FY2026")]
    [InlineData("2026-04-02", "2026-09-30", "2026/4/2～2026/9/30", "2026/4/2～2026/9/30", "2 Apr 2026 – 30 Sep 2026")]
    public void A_period_is_named_by_its_kind(string from, string to, string label, string withYear, string english)
    {
        Assert.Equal(label, PeriodText.Label(P(from, to), April, "ja"));
        Assert.Equal(withYear, PeriodText.LabelWithYear(P(from, to), April, "ja"));
        Assert.Equal(english, PeriodText.Label(P(from, to), April, "en"));
    }

    [Fact]
    public void A_quarter_over_new_year_names_both_years_in_English() =>
        Assert.Equal("Dec 2026–Feb 2027", PeriodText.Label(P("2026-12-01", "2027-02-28"), new FiscalPeriods(3), "en"));

    [Fact]
    public void A_fiscal_year_shows_its_era() => Assert.Equal("2026年度（令和8年度）", PeriodText.FiscalYearWithEra(2026, April));
}
