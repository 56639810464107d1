using System.Text;
using AuditTracker.Browser.Support;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>The owner draws a sample, looks at each row and hands it in; the internal auditor repeats the drawing.</summary>
[Collection(InOwnCompanies.Name)]
public sealed class SampleTests(Chromium chromium)
{
    [Theory, InlineData("ja", 1280), InlineData("en", 360)]
    public async Task A_sample_is_drawn_judged_concluded_and_handed_in(string language, int width)
    {
        await using var own = await OwnCompany.StartAsync("2026-10-05T09:00:00");
        var request = await own.App.Get<SaveRequest>().AddAsync(Desk.Manager, new RequestInput("変更の承認", "変更申請の一覧から抽出したもの", 20, ["iso27001-2022:A.8.32"], Cast.Alice.EmployeeNo, Cast.Bob.EmployeeNo,
            PeriodKind.Quarter, 1, 10, OffsetUnit.BusinessDays, new DateOnly(2026, 7, 1), null));
        await own.App.Get<OpenDueCollections>().RunAsync(CancellationToken.None);
        var id = await own.App.Database.ScalarAsync<long>("select id from collections where request_id = @request and state = 'open'", new { request });
        await using (var alice = await chromium.VisitAsync(own.App, Cast.Alice, language, width: width))
        {
            await alice.OpenAsync($"/evidence/collections/{id}");
            await alice.PressAsync("抽出を始める", "Begin a sample");
            await alice.Main.Locator("[name='Input.Name']").FillAsync("変更申請 7月～9月");
            await alice.Main.Locator("[name='Input.Origin']").FillAsync("チケット管理、種別＝変更");
            await alice.Main.Locator("[name='Input.File']").SetInputFilesAsync(Rows(7));
            await alice.PressAsync("母集団を保存", "Keep the population");
            await alice.SeesAsync("漏れがないことをどう確かめたか", "Write how you made sure that nothing is missing");
            Assert.Equal("チケット管理、種別＝変更", await alice.Main.Locator("[name='Input.Origin']").InputValueAsync());
            await alice.Main.Locator("[name='Input.Completeness']").FillAsync("件数7件と一致");
            await alice.Main.Locator("[name='Input.File']").SetInputFilesAsync(Rows(7));
            await alice.PressAsync("母集団を保存", "Keep the population");
            await alice.SeesAsync("母数は7件です", "The population has 7 rows");
            await alice.PressAsync("抽出する", "Draw");
            await alice.SeesAsync("7件から5件を抽出しました", "5 of 7 rows drawn");
            await alice.Main.Locator("table.list a").First.ClickAsync();
            for (var row = 1; row <= 5; row++)
            {
                await alice.Main.Locator($"[name='Input.Result'][value='{(row == 2 ? "nonconforming" : "conforming")}']").CheckAsync();
                if (row == 2)
                {
                    await alice.Main.Locator("[name='Input.Note']").FillAsync("承認の記録がない");
                    await alice.Main.Locator("[name='Input.File']").SetInputFilesAsync(new FilePayload { Name = "画面.txt", MimeType = "text/plain", Buffer = "承認者の欄が空"u8.ToArray() });
                }
                await alice.Main.Locator("form[enctype] button.primary").ClickAsync();
                await alice.SeesAsync("結果を保存しました", "The result is saved");
            }
            await alice.SeesAsync("5件すべてに結果があります。不適合は1件です", "All drawn have a result: 5 rows, 1 nonconforming");
            await alice.Main.Locator("[name='Input.Conclusion']").FillAsync("5件中4件適合。1件は是正処置を開始した。");
            await alice.PressAsync("結論を保存", "Save the conclusion");
            await alice.SeesAsync("結論を保存しました", "The conclusion is saved");
            await alice.PressAsync("提出の下書きに加える", "Add to the draft");
            await alice.SeesAsync(".xlsx");
            await alice.PressAsync("提出", "Hand in");
            await alice.SeesAsync("受け付けました", "Handed in. Receipt number");
            Assert.Empty(alice.Troubles);
        }
        await using var carol = await chromium.VisitAsync(own.App, Cast.Carol, language, width: width);
        await carol.OpenAsync($"/evidence/samples/{await own.App.Database.ScalarAsync<long>("select id from samples")}");
        await carol.PressAsync("再現を確かめる", "Repeat the drawing");
        await carol.SeesAsync("同じ行になることを確かめました", "the same rows");
        Assert.Equal(0, await carol.Main.Locator("textarea, button.primary").CountAsync());
        Assert.Empty(carol.Troubles);
    }

    private static FilePayload Rows(int count) => new() { Name = "変更.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes("番号,件名\n" + string.Concat(Enumerable.Range(1, count).Select(number => $"CHG-{number:000},変更{number}\n"))) };
}
