using AuditTracker.Browser.Support;
using AuditTracker.Tests.Reports;
using AuditTracker.Tests.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>Monday morning of the compliance manager: what is late, reminding several, reviewing five in a row, the list as Excel.</summary>
[Collection(InOwnCompanies.Name)]
public sealed class MondayTests(Chromium chromium)
{
    private static readonly string[] Late = ["入館権限の棚卸し", "ログの点検（認証・FW）", "委託先の台帳"];
    private static readonly string[] Waiting = ["バックアップ結果", "リストア試験", "来訪者の記録", "鍵の台帳", "訓練の記録"];

    [Theory, InlineData("ja", 1280, true, false), InlineData("en", 1280, false, false), InlineData("ja", 1280, true, true), InlineData("ja", 360, false, false), InlineData("en", 360, true, false)]
    public async Task What_is_late_is_reminded_what_waits_is_reviewed_and_the_list_leaves_as_Excel(string language, int width, bool script, bool keyboardOnly)
    {
        await using var own = await OwnCompany.StartAsync("2026-10-05T09:00:00");
        foreach (var title in Late)
        {
            await own.OpenedAsync(title, title == Late[0] ? Cast.Bob : Cast.Alice, Cast.Manami);
        }
        foreach (var title in Waiting)
        {
            await Quarter.SubmitAsync(own.App.Database, Cast.Alice, await own.OpenedAsync(title, Cast.Alice, Cast.Manami), null, ($"{title}.csv", $"番号,結果\n1,{title}"));
        }
        await own.App.Database.SetClockAsync("2026-11-30T09:00:00");
        var hand = keyboardOnly ? Hand.Keys : Hand.Mouse;
        await using var manami = await chromium.VisitAsync(own.App, Cast.Manami, language, width, script: script);

        await RemindAsync(manami, hand, script);
        await ReviewAsync(manami, hand);
        var cells = await ExcelAsync(manami, hand);

        Assert.All(Waiting, title => Assert.Contains(title, cells));
        Assert.All(Late, title => Assert.DoesNotContain(title, cells));
        Assert.Equal(5, await own.App.Database.ScalarAsync<long>("select count(*) from collections where state = 'accepted'"));
        Assert.Empty(manami.Troubles);
    }

    private static async Task RemindAsync(Visitor manami, Hand hand, bool script)
    {
        await manami.OpenAsync("/");
        await hand.PressAsync(manami.Main.Locator(".figures a").Filter(new() { HasText = manami.Say("期限超過", "Overdue") }));
        foreach (var title in Late)
        {
            await manami.SeesAsync(title);
        }
        await ChooseAllAsync(manami, hand, script);
        await manami.Main.Locator("h1", new() { HasText = manami.Say("お知らせを再送（まとめて）", "Resend reminders") }).WaitForAsync();
        await manami.SeesAsync(Cast.Bob.Name);
        await hand.PressAsync(manami.Main.Locator("form button.primary"));
        await manami.SeesAsync("3件のお知らせを再送します", "3 reminders go with the next mail");

        // Nobody is reminded twice a day.
        await ChooseAllAsync(manami, hand, script);
        await manami.SeesAsync("今日はもう再送しました", "Reminded today already");
        Assert.Equal(0, await manami.Main.Locator("form button.primary").CountAsync());
    }

    /// <summary>By the box in the head, which has no place on a phone and does nothing without script; else one by one.</summary>
    private static async Task ChooseAllAsync(Visitor manami, Hand hand, bool script)
    {
        foreach (var box in script && manami.Page.ViewportSize!.Width > 600 ? [manami.Main.Locator("[data-pick-all]")] : await manami.Main.Locator("tbody input[name=id]").AllAsync())
        {
            await hand.TickAsync(box);
        }
        await hand.PressAsync(manami.Main.Locator("button[name=act][value=remind]"));
    }

    private static async Task ReviewAsync(Visitor manami, Hand hand)
    {
        await manami.OpenAsync("/");
        await hand.PressAsync(manami.Main.GetByRole(AriaRole.Link, new() { Name = manami.Say("まとめて確認（5件）", "Review in a row (5)") }));
        foreach (var _ in Waiting)
        {
            var open = await manami.Main.Locator("#open-one a").InnerTextAsync();
            await manami.SeesAsync($"{open}.csv");
            await hand.PressAsync(manami.Main.Locator("section.panel form button.primary"));
            await manami.Main.Locator("#open-one a", new() { HasText = open }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        }
        await manami.SeesAsync("確認待ちはありません", "Nothing waits for your review");
    }

    private static async Task<HashSet<object>> ExcelAsync(Visitor manami, Hand hand)
    {
        await manami.OpenAsync("/evidence/collections?state=accepted");
        var download = await manami.Page.RunAndWaitForDownloadAsync(() => hand.PressAsync(manami.Main.GetByRole(AriaRole.Link, new() { Name = manami.Say("この内容をExcelで", "Excel of this list") })));
        Assert.EndsWith(".xlsx", download.SuggestedFilename);
        return Sheets.Cells(await download.PathAsync());
    }
}
