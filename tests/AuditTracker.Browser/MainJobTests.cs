using AuditTracker.Browser.Support;
using AuditTracker.Evidence;
using AuditTracker.Reports;
using AuditTracker.Tests.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>
/// The main job as people do it: the secretariat asks, the owner hands in, the reviewer returns and accepts, the auditor gets the workbook.
/// </summary>
[Collection(InOwnCompanies.Name)]
public sealed class MainJobTests(Chromium chromium)
{
    private const string Title = "アクセス権の棚卸し（顧客DB）";
    private const string Comment = "9月分の承認者の氏名がありません。";
    private static readonly string[] FileNames = ["棚卸し_顧客DB_2026年7-9月.csv", "髙﨑さん確認済み ①.txt"];

    [Theory, InlineData("ja", true), InlineData("en", true), InlineData("ja", false)]
    public async Task From_the_request_over_return_and_acceptance_to_the_workbook(string language, bool script)
    {
        await using var own = await OwnCompany.StartAsync("2026-07-01T09:00:00");
        await using var manami = await chromium.VisitAsync(own.App, Cast.Manami, language, script: script);
        await using var alice = await chromium.VisitAsync(own.App, Cast.Alice, language, width: 360, script: script);
        await using var bob = await chromium.VisitAsync(own.App, Cast.Bob, language, script: script);

        await AskAsync(manami);
        await own.App.Database.SetClockAsync("2026-10-05T09:00:00");
        await own.App.Get<OpenDueCollections>().RunAsync(CancellationToken.None);
        await HandInAsync(alice, FileNames);
        await ReturnAsync(bob);
        await HandInAgainAsync(alice);
        await AcceptAsync(bob);
        await own.App.Database.SetClockAsync("2026-10-30T17:00:00");
        var workbook = await ReportAsync(manami, own.App);
        var cells = Sheets.Cells(workbook);

        Assert.Contains(Title, cells);
        Assert.All(FileNames, name => Assert.Contains(name, cells));
        Assert.Contains(Cast.Alice.Name, cells);
        Assert.Contains(Cast.Bob.Name, cells);
        Assert.Contains(new DateTime(2026, 10, 15), cells);
        Assert.Equal("accepted", await own.App.Database.ScalarAsync<string>("select state from collections where period_from = '2026-07-01'"));
        Assert.Empty(manami.Troubles.Concat(alice.Troubles).Concat(bob.Troubles));
    }

    private static async Task AskAsync(Visitor manami)
    {
        await manami.OpenAsync("/evidence/requests");
        await manami.PressAsync("依頼を追加", "Add request");
        await manami.Main.Locator("[name='Input.Title']").FillAsync(Title);
        await manami.Main.Locator("[name='Input.Guidance']").FillAsync("期末の利用者一覧に、要否と承認者を記入したものを提出してください。");
        await manami.ChooseAsync("Owner", "相川", Cast.Alice);
        await manami.ChooseAsync("Reviewer", "900002", Cast.Bob);
        await manami.Main.Locator("[name='Input.Every'][value=quarter]").CheckAsync();
        await manami.Main.Locator("[name='Input.Opens']").FillAsync("1");
        await manami.Main.Locator("[name='Input.Due']").FillAsync("１０");
        await manami.Main.Locator("[name='Input.StartOn']").FillAsync("R8.7.1");
        await manami.Main.Locator("[name='Input.ItemSearch']").FillAsync("A.5.18");
        await manami.Main.Locator("button[value=find][formaction='#part-items']").ClickAsync();
        await manami.Main.Locator("[name='Input.Items'][value='iso27001-2022:A.5.18']").CheckAsync();
        await manami.PressAsync("次の6回を見る", "See the next 6");
        await manami.SeesAsync("10/15（木）", "15 Oct 2026 (Thu)");
        Assert.True(await manami.Main.Locator("[name='Input.Items'][value='iso27001-2022:A.5.18']").IsCheckedAsync());
        await manami.PressAsync("保存", "Save");
        await manami.SeesAsync("を追加しました", "Added");
        Assert.Equal(Title, await manami.Main.Locator("h1 [lang=ja]").InnerTextAsync());
    }

    private static async Task HandInAsync(Visitor alice, params string[] names)
    {
        await alice.OpenAsync("/");
        await alice.Main.GetByRole(AriaRole.Link, new() { NameRegex = new(System.Text.RegularExpressions.Regex.Escape(Title)) }).First.ClickAsync();
        await SendAsync(alice, "四半期の確認です。", names);
        await alice.SeesAsync("受け付けました", "Handed in. Receipt number");
        foreach (var name in names)
        {
            await alice.SeesAsync(name);
        }
    }

    private static async Task SendAsync(Visitor alice, string note, params string[] names)
    {
        await alice.Main.Locator("[name='Input.Note']").FillAsync(note);
        await alice.Main.Locator("[name='Input.File']").SetInputFilesAsync(names.Select(name => new FilePayload { Name = name, MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes($"id,氏名\n001,髙﨑 濵邊\n{name}") }));
        await alice.PressAsync("提出", "Hand in");
    }

    private static async Task ReturnAsync(Visitor bob)
    {
        await bob.OpenAsync("/evidence/review");
        await bob.SeesAsync(Title);
        await bob.PressAsync("差し戻す", "Return");
        await bob.SeesAsync("入力内容を確認してください", "Check what you entered");
        await bob.Main.Locator("[name='Input.Comment']").FillAsync(Comment);
        await bob.PressAsync("差し戻す", "Return");
        await bob.SeesAsync("差し戻しました", "Returned");
    }

    private static async Task HandInAgainAsync(Visitor alice)
    {
        await alice.OpenAsync("/");
        await alice.Main.GetByRole(AriaRole.Link, new() { NameRegex = new(System.Text.RegularExpressions.Regex.Escape(Title)) }).First.ClickAsync();
        var pinned = alice.Main.Locator(".notice q");
        Assert.Equal(Comment, await pinned.First.InnerTextAsync());
        await SendAsync(alice, "承認者を記入しました。", FileNames);
        await alice.SeesAsync("受け付けました", "Handed in. Receipt number");
    }

    private static async Task AcceptAsync(Visitor bob)
    {
        await bob.OpenAsync("/evidence/review");
        await bob.SeesAsync("承認者を記入しました。");
        await bob.PressAsync("受領", "Accept");
        await bob.SeesAsync("確認待ちはありません", "Nothing waits for your review");
    }

    private static async Task<string> ReportAsync(Visitor manami, TestApp app)
    {
        await manami.OpenAsync("/reports");
        await manami.Main.Locator("[name='Input.From']").FillAsync("2026/7/1");
        await manami.Main.Locator("[name='Input.To']").FillAsync("2026/9/30");
        await manami.Main.Locator("form button.primary").ClickAsync();
        await manami.Page.WaitForURLAsync("**/reports/runs/*");
        await app.Get<BuildReports>().RunAsync(CancellationToken.None);
        await manami.Page.ReloadAsync();
        var download = await manami.Page.RunAndWaitForDownloadAsync(() => manami.PressAsync("ダウンロード", "Download"));
        Assert.EndsWith(".xlsx", download.SuggestedFilename);
        return await download.PathAsync();
    }
}
