using static AuditTracker.Tests.Calendar.Days;

namespace AuditTracker.Tests.Calendar;

public sealed class JapanHolidaysTests
{
    private static readonly Dictionary<int, (int Spring, int Autumn)> Equinoxes = new() { [2025] = (20, 23), [2026] = (20, 23), [2027] = (21, 23) };

    [Theory]
    [InlineData("2026-05-06", "振替休日")]
    [InlineData("2026-09-22", "国民の休日")]
    [InlineData("2027-03-22", "振替休日")]
    [InlineData("2026-11-23", "勤労感謝の日")]
    [InlineData("2025-02-24", "振替休日")]
    public void The_hard_days_are_holidays(string day, string name) =>
        Assert.Equal(name, Ours.WhyClosed(D(day))?.NameJa);

    [Fact]
    public void Every_line_follows_from_the_law_and_none_is_missing() =>
        Assert.Equal(Enumerable.Range(2025, 3).SelectMany(ByLaw).Order(), Lines.Select(line => D(line.Date)));

    [Fact]
    public void Every_line_has_both_names_and_a_source() =>
        Assert.All(Lines, line => Assert.DoesNotContain("", new[] { line.NameJa, line.NameEn, line.Source }));

    [Fact]
    public void The_last_announced_day_is_known()
    {
        Assert.True(Ours.IsKnown(D("2027-12-31")));
        Assert.False(Ours.IsKnown(D("2028-01-01")));
    }

    private static IEnumerable<DateOnly> ByLaw(int year)
    {
        HashSet<DateOnly> days =
        [
            new(year, 1, 1), Monday(year, 1, 2), new(year, 2, 11), new(year, 2, 23), new(year, 3, Equinoxes[year].Spring), new(year, 4, 29),
            new(year, 5, 3), new(year, 5, 4), new(year, 5, 5), Monday(year, 7, 3), new(year, 8, 11), Monday(year, 9, 3),
            new(year, 9, Equinoxes[year].Autumn), Monday(year, 10, 2), new(year, 11, 3), new(year, 11, 23),
        ];
        var named = days.ToArray();
        foreach (var sunday in named.Where(day => day.DayOfWeek == DayOfWeek.Sunday))
        {
            var substitute = sunday;
            while (named.Contains(substitute))
            {
                substitute = substitute.AddDays(1);
            }

            days.Add(substitute);
        }

        days.UnionWith(named.Where(day => named.Contains(day.AddDays(2))).Select(day => day.AddDays(1)));
        return days;
    }

    private static DateOnly Monday(int year, int month, int nth)
    {
        var first = new DateOnly(year, month, 1);
        return first.AddDays(((8 - (int)first.DayOfWeek) % 7) + (7 * (nth - 1)));
    }
}
