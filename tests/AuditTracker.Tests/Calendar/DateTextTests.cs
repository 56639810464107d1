using System.Globalization;
using AuditTracker.Calendar;
using static AuditTracker.Tests.Calendar.Days;

namespace AuditTracker.Tests.Calendar;

public sealed class DateTextTests
{
    private static readonly DateOnly Sunday = D("2026-11-22");
    private static readonly Period Year = P("2026-04-01", "2027-03-31");

    [Fact]
    public void Dates_are_written_in_Japanese()
    {
        Assert.Equal("2026年11月22日（日）", DateText.Full(Sunday, "ja"));
        Assert.Equal("2026/11/22（日）", DateText.Table(Sunday, "ja"));
        Assert.Equal("11/22（日）", DateText.Brief(Sunday, Year, "ja"));
        Assert.Equal("2027/4/1（木）", DateText.Brief(D("2027-04-01"), Year, "ja"));
        Assert.Equal("11月30日（月）", DateText.Spoken(D("2026-11-30"), "ja"));
        Assert.Equal("11/30(月)", DateText.Subject(D("2026-11-30"), "ja"));
        Assert.Equal("2026/4/1～2026/9/30", PeriodText.Dates(P("2026-04-01", "2026-09-30"), "ja"));
    }

    [Fact]
    public void Dates_are_written_in_English()
    {
        Assert.Equal("22 Nov 2026 (Sun)", DateText.Full(Sunday, "en"));
        Assert.Equal("22 Nov (Sun)", DateText.Brief(Sunday, Year, "en"));
        Assert.Equal("Monday 30 November", DateText.Spoken(D("2026-11-30"), "en"));
        Assert.Equal("Mon 30 Nov", DateText.Subject(D("2026-11-30"), "en"));
    }

    [Theory]
    [InlineData("2026-11-22", "令和8年11月22日（日）", "R8.11.22")]
    [InlineData("2019-05-01", "令和元年5月1日（水）", "R1.5.1")]
    [InlineData("2019-04-30", "平成31年4月30日（火）", "H31.4.30")]
    [InlineData("1989-01-07", "昭和64年1月7日（土）", "S64.1.7")]
    [InlineData("1926-12-25", "昭和元年12月25日（土）", "S1.12.25")]
    [InlineData("1912-07-29", "明治45年7月29日（月）", "M45.7.29")]
    [InlineData("1872-12-31", "1872年12月31日（火）", "1872/12/31")]
    public void Eras_change_on_their_day(string day, string text, string shortText) =>
        Assert.Equal((text, shortText), (DateText.InEra(D(day)), DateText.InEraShort(D(day))));

    [Fact]
    public void The_day_in_Tokyo_begins_nine_hours_before_the_day_in_UTC()
    {
        var lastSecond = new DateTime(2026, 11, 22, 14, 59, 59, DateTimeKind.Utc);
        Assert.Equal(Sunday, JapanTime.DateOf(lastSecond));
        Assert.Equal(D("2026-11-23"), JapanTime.DateOf(lastSecond.AddSeconds(1)));
        Assert.Equal(lastSecond.AddSeconds(1), JapanTime.StartOf(D("2026-11-23")));
        Assert.Equal(DateTimeKind.Utc, JapanTime.StartOf(Sunday).Kind);
        Assert.Equal(new DateTime(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc), JapanTime.InstantOf(D("2026-11-24"), new TimeOnly(9, 0)));
        Assert.Equal(("2026/11/22 23:59", "23:59:59"), (DateText.Moment(lastSecond, "ja"), DateText.TimeToTheSecond(lastSecond)));
        Assert.Throws<ArgumentException>(() => JapanTime.DateOf(new DateTime(2026, 11, 22, 0, 0, 0, DateTimeKind.Local)));
    }

    [Fact]
    public void The_thread_s_calendar_changes_nothing_and_its_language_is_the_default()
    {
        var (culture, ui) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            var japanese = new CultureInfo("ja-JP");
            japanese.DateTimeFormat.Calendar = new JapaneseCalendar();
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (japanese, japanese);
            Assert.Equal(("2026年11月22日（日）", "2026-11-22"), (DateText.Full(Sunday), DateText.Iso(Sunday)));
            Assert.Equal(Sunday, DateInput.Parse("2026/11/22").Day);
            CultureInfo.CurrentUICulture = new CultureInfo("en-GB");
            Assert.Equal("22 Nov 2026 (Sun)", DateText.Full(Sunday));
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, ui);
        }
    }
}
