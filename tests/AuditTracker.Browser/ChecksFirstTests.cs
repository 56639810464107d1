using System.Text.RegularExpressions;
using AuditTracker.Browser.Support;
using AuditTracker.Tests.Support;

namespace AuditTracker.Browser;

/// <summary>Nothing is done to many and nothing is taken away without a page before it that says to what, and who is mailed.</summary>
[Collection(InTheOffice.Name)]
public sealed class ChecksFirstTests(Chromium chromium, Office office)
{
    [Fact]
    public async Task Every_danger_button_stands_below_what_it_does_and_who_is_mailed()
    {
        var found = new List<string>();
        var seen = new List<string>();
        foreach (var side in office.Pages.GroupBy(page => Office.Reader(page.Key)))
        {
            await using var visitor = await chromium.VisitAsync(office.App, side.Key);
            foreach (var path in side.Select(page => page.Value).Concat(side.Key == Cast.Manami ? [$"/accounts/{Cast.Alice.AccountId}?check=disable"] : side.Key == Cast.Adam ? [$"/accounts/{Cast.Alice.AccountId}?check=disable", $"/accounts/{Cast.Alice.AccountId}"] : []))
            {
                await visitor.OpenAsync(path);
                if (await visitor.Main.Locator("button.danger").CountAsync() > 0)
                {
                    seen.Add(path);
                }
                found.AddRange(await visitor.Page.EvaluateAsync<string[]>("""
                    path => [...document.querySelectorAll("main button.danger")].filter(b => {
                      const part = b.closest("form.panel") ?? document.querySelector("main");
                      return b.closest("td, li, .head, dl") || !/メール/.test(document.querySelector("main").innerText) || !/戻|取り消|もとに|再開/.test(part.innerText + document.querySelector("main").innerText);
                    }).map(b => `${path}: ${b.textContent.trim()} acts at once`)
                    """, path));
            }
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
        Assert.True(seen.Count >= 2, string.Join("\n", seen));
    }

    [Fact]
    public async Task Every_bulk_act_leads_to_a_page_that_says_how_many_and_who_is_mailed()
    {
        var found = new List<string>();
        var pressed = 0;
        await using var manami = await chromium.VisitAsync(office.App, Cast.Manami);
        foreach (var path in office.Pages.Where(page => Office.Reader(page.Key) == Cast.Manami).Select(page => page.Value).Append("/controls/gaps?kind=owner").Append("/evidence/destruction?state=due"))
        {
            await manami.OpenAsync(path);
            foreach (var button in await manami.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('main .bulk button:not([type=reset])')].map(b => b.value)"))
            {
                await manami.OpenAsync(path);
                pressed++;
                Assert.Equal("get", await manami.Main.Locator("form:has(.bulk)").EvaluateAsync<string>("form => form.method"));
                foreach (var box in (await manami.Main.Locator("tbody input[name=id]").AllAsync()).Take(2))
                {
                    await box.CheckAsync();
                }
                await manami.Main.Locator($".bulk button[value='{button}']:not([type=reset]), .bulk button:not([value]):not([type=reset])").First.ClickAsync();
                await manami.Main.Locator("h1").WaitForAsync();
                var told = await manami.Main.InnerTextAsync();
                if (manami.Page.Url.EndsWith(path, StringComparison.Ordinal) || !told.Contains('件') && !told.Contains("項番", StringComparison.Ordinal) && !Regex.IsMatch(told, @"\d名"))
                {
                    found.Add($"{path} {button}: {manami.Page.Url} does not say how many");
                }
                // Where nothing can be done, nothing is asked.
                if (await manami.Main.Locator("form[method=post] button:is(.primary, .danger)").CountAsync() > 0 && !told.Contains("メール", StringComparison.Ordinal) && !told.Contains("知らせ", StringComparison.Ordinal) && !told.Contains("誰にも送りません", StringComparison.Ordinal) && !told.Contains('届'))
                {
                    found.Add($"{path} {button}: {manami.Page.Url} does not say who is mailed");
                }
            }
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
        Assert.True(pressed >= 6, $"{pressed} acts");
    }
}
