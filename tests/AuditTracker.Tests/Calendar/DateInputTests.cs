using AuditTracker.Calendar;
using static AuditTracker.Tests.Calendar.Days;

namespace AuditTracker.Tests.Calendar;

public sealed class DateInputTests
{
    private static readonly Period Year = P("2026-04-01", "2027-03-31");

    [Theory]
    [InlineData("2026/11/22", "2026-11-22")]
    [InlineData("2026/1/2", "2026-01-02")]
    [InlineData("2026-11-22", "2026-11-22")]
    [InlineData("2026.11.22", "2026-11-22")]
    [InlineData("20261122", "2026-11-22")]
    [InlineData("２０２６／１１／２２", "2026-11-22")]
    [InlineData("　2026年11月22日（日） ", "2026-11-22")]
    [InlineData("2026−11−22", "2026-11-22")]
    [InlineData("R8.11.22", "2026-11-22")]
    [InlineData("r08/11/22", "2026-11-22")]
    [InlineData("令和8年11月22日", "2026-11-22")]
    [InlineData("令和 ８ 年 11 月 22 日（日）", "2026-11-22")]
    [InlineData("㋿8年11月22日", "2026-11-22")]
    [InlineData("令和元年5月1日", "2019-05-01")]
    [InlineData("R元.5.1", "2019-05-01")]
    [InlineData("H31.4.30", "2019-04-30")]
    [InlineData("S64.1.7", "1989-01-07")]
    [InlineData("昭和元年12月25日", "1926-12-25")]
    [InlineData("2026/11/22 0:00", "2026-11-22")]
    [InlineData("2026-11-22T00:00:00.000", "2026-11-22")]
    [InlineData("2028-02-29", "2028-02-29")]
    [InlineData("22 Nov 2026 (Sun)", "2026-11-22")]
    [InlineData("1 September 2026", "2026-09-01")]
    public void Every_written_form_is_read(string text, string day) => Assert.Equal((D(day), null), (DateInput.Parse(text).Day, DateInput.Parse(text).Problem));

    [Theory]
    [InlineData("", DateProblem.Empty)]
    [InlineData("　", DateProblem.Empty)]
    [InlineData("2026/13/1", DateProblem.NotADate)]
    [InlineData("2026/2/29", DateProblem.NotADate)]
    [InlineData("2026/11", DateProblem.NotADate)]
    [InlineData("2026/11/22 17:04", DateProblem.NotADate)]
    [InlineData("46000", DateProblem.NotADate)]
    [InlineData("R0.1.1", DateProblem.NotADate)]
    [InlineData("明日", DateProblem.NotADate)]
    [InlineData("٢٠٢٦/١١/٢٢", DateProblem.NotADate)]
    [InlineData("13/32", DateProblem.NotADate)]
    [InlineData("11/22", DateProblem.YearMissing)]
    [InlineData("11月22日", DateProblem.YearMissing)]
    [InlineData("2/29", DateProblem.YearMissing)]
    [InlineData("H31.5.1", DateProblem.OutsideEra)]
    [InlineData("昭和元年12月24日", DateProblem.OutsideEra)]
    [InlineData("2026年11月22日（月）", DateProblem.WrongWeekday)]
    [InlineData("1600/9/15", DateProblem.OutOfRange)]
    [InlineData("9999-12-31", DateProblem.OutOfRange)]
    public void What_cannot_be_read_says_why(string text, DateProblem problem) => Assert.Equal((null, problem), (DateInput.Parse(text).Day, DateInput.Parse(text).Problem));

    [Theory]
    [InlineData("8.11.22", "2026-11-22", "2008-11-22")]
    [InlineData("08/11/22", "2026-11-22", "2008-11-22")]
    [InlineData("26-11-22", "2044-11-22", "2026-11-22")]
    [InlineData("261122", "2044-11-22", "2026-11-22")]
    public void A_short_year_is_refused_with_its_two_readings(string text, string reiwa, string western)
    {
        var reading = DateInput.Parse(text, Year);
        Assert.Equal((null, DateProblem.Ambiguous), (reading.Day, reading.Problem));
        Assert.Equal([D(reiwa), D(western)], reading.Readings);
    }

    [Theory]
    [InlineData("11/22", "2026-11-22")]
    [InlineData("3月31日（水）", "2027-03-31")]
    [InlineData("4/1", "2026-04-01")]
    public void Without_a_year_the_running_fiscal_year_gives_it(string text, string day)
    {
        var reading = DateInput.Parse(text, Year);
        Assert.Equal((D(day), true), (reading.Day, reading.YearAssumed));
        Assert.False(DateInput.Parse("2026/11/22", Year).YearAssumed);
    }

    [Fact]
    public void The_29th_of_February_needs_a_leap_year_in_the_running_year()
    {
        Assert.Equal(DateProblem.NotADate, DateInput.Parse("2/29", Year).Problem);
        Assert.Equal(D("2028-02-29"), DateInput.Parse("2/29", P("2027-04-01", "2028-03-31")).Day);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var random = new Random(8);
        for (var round = 0; round < 2_000; round++)
        {
            var day = D("1912-08-01").AddDays(random.Next(0, 60_000));
            string[] forms =
            [
                DateText.Full(day, "ja"), DateText.Table(day, "ja"), DateText.Plain(day, "ja"), DateText.Iso(day), DateText.Full(day, "en"),
                DateText.Plain(day, "en"), DateText.InEra(day), DateText.InEraShort(day),
            ];
            Assert.All(forms, form => Assert.Equal(day, DateInput.Parse(form).Day));
        }
    }

    [Fact]
    public void Garbage_never_throws()
    {
        var random = new Random(9);
        const string letters = "0123456789/-.年月日令和平成元RHSTM (日)\ud800\u0000Ｒ８Nov T:";
        for (var round = 0; round < 20_000; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(0, 14)).Select(_ => letters[random.Next(letters.Length)])]);
            var reading = DateInput.Parse(text, Year);
            Assert.True(reading.Day is null != reading.Problem is null);
        }
    }
}
