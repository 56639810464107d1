using AuditTracker.Calendar;

namespace AuditTracker.Tests.Calendar;

public sealed class PeriodInputTests
{
    [Theory]
    [InlineData("2025年度", "2025-04-01", "2026-03-31")]
    [InlineData("令和7年度", "2025-04-01", "2026-03-31")]
    [InlineData("R7年度下期", "2025-10-01", "2026-03-31")]
    [InlineData("2025年度上半期", "2025-04-01", "2025-09-30")]
    [InlineData("２０２５年度第３四半期", "2025-10-01", "2025-12-31")]
    [InlineData("2025年度 第4四半期", "2026-01-01", "2026-03-31")]
    [InlineData("FY2025 Q1", "2025-04-01", "2025-06-30")]
    [InlineData("FY2025 H2", "2025-10-01", "2026-03-31")]
    [InlineData("FY2025", "2025-04-01", "2026-03-31")]
    [InlineData("2025年7月", "2025-07-01", "2025-07-31")]
    [InlineData("2025年7月分", "2025-07-01", "2025-07-31")]
    [InlineData("2025/2", "2025-02-01", "2025-02-28")]
    [InlineData("2025-11", "2025-11-01", "2025-11-30")]
    [InlineData("令和7年12月", "2025-12-01", "2025-12-31")]
    [InlineData("2025年7～9月分", "2025-07-01", "2025-09-30")]
    [InlineData("2025年10月～12月", "2025-10-01", "2025-12-31")]
    [InlineData("2025/4/1～2026/3/31", "2025-04-01", "2026-03-31")]
    [InlineData("R7.4.1～R8.3.31", "2025-04-01", "2026-03-31")]
    public void Periods_are_read_as_people_write_them(string typed, string from, string to) =>
        Assert.Equal(new Period(DateOnly.Parse(from), DateOnly.Parse(to)), PeriodInput.Parse(typed, new FiscalPeriods(4)));

    [Theory]
    [InlineData("")]
    [InlineData("第3四半期")]
    [InlineData("2025")]
    [InlineData("2025年度第5四半期")]
    [InlineData("2025年13月")]
    [InlineData("2026/3/31～2025/4/1")]
    [InlineData("昨年度")]
    public void What_has_no_one_reading_is_refused(string typed) => Assert.Null(PeriodInput.Parse(typed, new FiscalPeriods(4)));
}
