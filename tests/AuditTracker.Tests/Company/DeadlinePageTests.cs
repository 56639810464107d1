using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Company;

/// <summary>The rules of deadlines as people read them, and what they give from a day.</summary>
public sealed class DeadlinePageTests : IAsyncLifetime
{
    private TestApp app = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await app.Database.SetClockAsync("2026-11-24T09:00:00");
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_day_gives_every_deadline_with_its_rule_source_and_shift()
    {
        var page = Evidence.Browsing.Plain(await (await app.PagesAsAsync(Cast.Manami)).PageAsync("/company/deadlines?from=R9.3.22"));
        // The end of the window falls on a Sunday before a holiday.
        Assert.Matches("更新申請の受付終了 起算日：登録証の有効期限 2027年3月22日（月）から数えた期限は 2026年11月24日（火） 2026年11月22日（日）が休業日（日曜日）のため動かしました。 期間 4か月前 休業日に当たるとき 次の営業日（土日・祝日を除く） 適用開始 2000/1/1（土） 根拠 付与機関 更新申請の手引き", page);
        Assert.Matches("漏えい等の確報.*不正の目的によるおそれがあるとき.*60日後（その日を1日目とする）.*そのほかのとき.*30日後（その日を1日目とする）", page);
        Assert.Contains("原典未確認", page);
    }

    [Fact]
    public async Task English_readers_get_the_same_and_a_day_without_a_rule_is_not_guessed()
    {
        var page = Evidence.Browsing.Plain(await (await app.PagesAsAsync(Cast.Carol)).PageAsync("/company/deadlines?from=2010-05-01"));
        Assert.Contains("No version was valid on 1 May 2010 (Sat), so no date is given.", page);
        Assert.Contains("2 months after, at the end of the month", page);
        page = Evidence.Browsing.Plain(await (await app.PagesAsAsync(Cast.Carol)).PageAsync("/company/deadlines?from=2045-05-01"));
        Assert.Contains("Forecast", page);
    }

    [Fact]
    public async Task A_day_that_cannot_be_read_is_said_and_today_is_used()
    {
        var page = await (await app.PagesAsAsync(Cast.Tom)).PageAsync("/company/deadlines?from=8.11.22");
        Assert.Contains("2通りに読めます", page);
        Assert.Contains("2026年11月24日（火）から数えた期限は", Evidence.Browsing.Plain(page));
    }
}
