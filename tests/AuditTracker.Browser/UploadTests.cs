using System.Text;
using AuditTracker.Browser.Support;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>Files are sent as they are chosen; one that is refused keeps the others and what was typed.</summary>
[Collection(InOwnCompanies.Name)]
public sealed class UploadTests(Chromium chromium)
{
    [Theory, InlineData("ja"), InlineData("en")]
    public async Task A_second_file_is_refused_and_the_rest_is_handed_in_after_coming_back(string language)
    {
        await using var own = await OwnCompany.StartAsync("2026-10-05T09:00:00");
        var request = await own.App.Get<SaveRequest>().AddAsync(Desk.Manager, new RequestInput("アクセス権の棚卸し", "期末の利用者一覧", 20, ["iso27001-2022:A.5.18"], Cast.Alice.EmployeeNo, Cast.Bob.EmployeeNo,
            PeriodKind.Quarter, 1, 10, OffsetUnit.BusinessDays, new DateOnly(2026, 7, 1), null));
        await own.App.Get<OpenDueCollections>().RunAsync(CancellationToken.None);
        var id = await own.App.Database.ScalarAsync<long>("select id from collections where request_id = @request and state = 'open'", new { request });
        await using (var alice = await chromium.VisitAsync(own.App, Cast.Alice, language, width: 360))
        {
            await alice.OpenAsync($"/evidence/collections/{id}");
            await alice.Main.Locator("[name='Input.Note']").FillAsync("四半期の確認です。");
            await alice.Main.Locator("[name='Input.File']").SetInputFilesAsync([File("一覧.csv", "id,name"), File("空.csv", "")]);
            await alice.SeesAsync("受け取りました SHA-256", "received SHA-256");
            await alice.SeesAsync("は空（0バイト）のため受け取れません", "is empty (0 bytes) and was not taken");
            // What is left behind is said before anything is handed in.
            await alice.PressAsync("提出", "Hand in");
            await alice.SeesAsync("受け取れていないファイルがあります", "Some files were not received");
            Assert.Equal("四半期の確認です。", await alice.Main.Locator("[name='Input.Note']").InputValueAsync());
            await alice.PressAsync("下書き保存", "Save draft");
            await alice.SeesAsync("受け取れていないファイルがあります", "Some files were not received");
            await alice.Main.Locator("[data-failed] button").Last.ClickAsync();
            await alice.PressAsync("下書き保存", "Save draft");
            await alice.SeesAsync("下書きを保存しました", "The draft is saved");
        }
        await using var again = await chromium.VisitAsync(own.App, Cast.Alice, language);
        await again.OpenAsync($"/evidence/collections/{id}");
        await again.SeesAsync("一覧.csv");
        await again.Main.Locator("[name='Input.File']").SetInputFilesAsync([File("承認.txt", "ok"), File("不要.txt", "no")]);
        await again.SeesAsync("不要.txt");
        await again.Main.Locator("li:has-text('不要.txt') button:has-text('" + again.Say("外す", "Remove") + "')").ClickAsync();
        await again.PressAsync("提出", "Hand in");
        await again.SeesAsync("受け付けました", "Handed in. Receipt number");
        Assert.Equal(["一覧.csv", "承認.txt"], await own.App.Database.ListAsync<string>("select file_name from evidence order by position"));
        Assert.Equal("四半期の確認です。", await own.App.Database.ScalarAsync<string>("select note from submissions"));
        Assert.Empty(again.Troubles);
    }

    private static FilePayload File(string name, string text) => new() { Name = name, MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(text) };
}
