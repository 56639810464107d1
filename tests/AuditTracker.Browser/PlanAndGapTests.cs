using System.Globalization;
using System.Text.RegularExpressions;
using AuditTracker.Browser.Support;
using AuditTracker.Evidence;
using AuditTracker.Tests.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>The secretariat before an audit: what nobody is asked for is arranged, an occurrence is moved in time, and the day of the audit is looked at.</summary>
[Collection(InOwnCompanies.Name)]
public sealed class PlanAndGapTests(Chromium chromium)
{
    [Theory, InlineData("ja", 1280, true), InlineData("en", 360, false)]
    public async Task A_gap_is_closed_from_the_library_and_the_outlook_shows_it(string language, int width, bool script)
    {
        await using var own = await OwnCompany.StartAsync("2026-11-24T09:00:00");
        await using var manami = await chromium.VisitAsync(own.App, Cast.Manami, language, width, script: script);
        const string item = "iso27001-2022:A.8.13";

        await manami.OpenAsync("/controls/coverage");
        await manami.Main.Locator("#arrangements ~ dl a[href*='kind=request'], [aria-labelledby=arrangements] a[href*='kind=request']").First.ClickAsync();
        await manami.Main.Locator("select[name=framework]").SelectOptionAsync("iso27001-2022");
        await manami.Main.Locator("form.filters button").ClickAsync();
        var fix = manami.Main.Locator($"a[href^='/controls/gaps/adopt?id={Uri.EscapeDataString(item)}&']");
        while (await fix.CountAsync() == 0)
        {
            await manami.Main.Locator("a[rel=next]").First.ClickAsync();
        }
        await fix.ClickAsync();
        Assert.Contains("/controls/gaps/adopt", manami.Page.Url);
        Assert.NotEqual(0, await manami.Main.Locator("[name='Input.Entries']:checked").CountAsync());
        await manami.ChooseAsync("Owner", "相川", Cast.Alice);
        await manami.ChooseAsync("Reviewer", "900002", Cast.Bob);
        await manami.Main.Locator("[name='Input.StartOn']").FillAsync("R8.11.1");
        await manami.PressAsync("依頼を作る", "Make the requests");
        Assert.Equal(0, await manami.Main.Locator($"a[href^='/controls/gaps/adopt?id={Uri.EscapeDataString(item)}&']").CountAsync());
        Assert.NotEqual(0, await own.App.Database.ScalarAsync<long>("select count(*) from collections c join request_items i on i.request_id = c.request_id where i.framework || ':' || i.ref = @item", new { item }));

        await manami.OpenAsync("/controls/coverage?framework=iso27001-2022");
        await manami.PressAsync("審査日の見通し", "Outlook for the audit");
        await manami.Main.Locator("[name=on]").FillAsync("Ｒ９.１１.２０");
        await manami.PressAsync("見通す", "Show");
        var row = manami.Main.GetByRole(AriaRole.Row).Filter(new() { HasText = "ISO/IEC 27001" }).First;
        // Covered of applicable, thrice: now, if all comes in as planned, if nothing more does.
        var covered = Regex.Matches(await row.InnerTextAsync(), @"(\d+) / \d+").Select(share => int.Parse(share.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(3, covered.Count);
        Assert.Equal((0, 0), (covered[0], covered[2]));
        Assert.True(covered[1] > 0, await manami.Main.InnerTextAsync());
        Assert.Empty(manami.Troubles);
    }

    [Theory, InlineData("ja", 360, true), InlineData("en", 1280, false)]
    public async Task An_occurrence_is_moved_before_it_opens_and_keeps_both_dates(string language, int width, bool script)
    {
        await using var own = await OwnCompany.StartAsync("2026-10-05T09:00:00");
        await own.OpenedAsync("入退室の記録", Cast.Alice, Cast.Bob);
        var id = await own.App.Database.ScalarAsync<long>("select id from collections where period_from = '2026-10-01'");
        await using var manami = await chromium.VisitAsync(own.App, Cast.Manami, language, width, script: script);

        await manami.OpenAsync($"/evidence/collections/{id}");
        await manami.Main.Locator($"a[href$='/{id}/due']").First.ClickAsync();
        await manami.Main.Locator("[name='Input.OpensOn']").FillAsync("2026/12/7");
        await manami.Main.Locator("[name='Input.DueOn']").FillAsync("2026/12/1");
        await manami.Main.Locator("[name='Input.Reason']").FillAsync("審査が早まったため");
        await manami.Main.Locator("form.panel button.primary").ClickAsync();
        // Due before it opens: refused, and nothing typed is lost.
        Assert.Equal("審査が早まったため", await manami.Main.Locator("[name='Input.Reason']").InputValueAsync());
        await manami.Main.Locator("[name='Input.DueOn']").FillAsync("R8.12.18");
        await manami.Main.Locator("form.panel button.primary").ClickAsync();
        Assert.NotEqual(0, await manami.Main.Locator("time[datetime='2026-12-18']").CountAsync());
        Assert.NotEqual(0, await manami.Main.Locator("time[datetime='2027-01-18']").CountAsync());
        await manami.SeesAsync("審査が早まったため");
        Assert.Equal((new DateOnly(2026, 12, 18), new DateOnly(2027, 1, 18)), (await own.App.Database.ListAsync<(DateOnly, DateOnly)>("select due_on, planned_due_on from collections where id = @id", new { id })).Single());
        await own.App.Database.SetClockAsync("2026-12-07T09:00:00");
        await own.App.Get<OpenDueCollections>().RunAsync(CancellationToken.None);
        await using var alice = await chromium.VisitAsync(own.App, Cast.Alice, language, 360, script: script);
        await alice.OpenAsync("/");
        await alice.SeesAsync("入退室の記録");
        Assert.Empty(manami.Troubles.Concat(alice.Troubles));
    }
}
