using AuditTracker.Browser.Support;
using AuditTracker.Tests.Support;

namespace AuditTracker.Browser;

/// <summary>A computed state says why, with the dates that its list shows.</summary>
[Collection(InTheOffice.Name)]
public sealed class WhyTests(Chromium chromium, Office office)
{
    [Theory]
    [InlineData("/evidence/collections?state=all&sort=due", 2, 3), InlineData("/evidence/collections?state=all&sort=-due", 2, 3), InlineData("/evidence/collections?overdue=true", 2, 3)]
    [InlineData("/controls?framework=iso27001-2022&state=missing", 2, 3), InlineData("/controls?framework=iso27001-2022&state=stale", 2, 3), InlineData("/controls?framework=iso27001-2022&state=collecting", 2, 3)]
    [InlineData("/controls?framework=iso27001-2022&state=covered", 2, 3), InlineData("/controls?framework=pmark-jisq15001-2023&state=covered", 2, 3)]
    public async Task A_record_says_why_it_is_in_the_state_its_row_shows(string list, int state, int date)
    {
        await using var manami = await chromium.VisitAsync(office.App, Cast.Manami);
        await manami.OpenAsync(list);
        var found = await manami.Page.EvaluateAsync<string[]>("""
            async ([state, date]) => {
              const troubles = [], rows = [...document.querySelectorAll("main table.list tbody tr:has(th[scope=row] a)")].slice(0, 6);
              const word = e => e?.querySelector(".s")?.textContent.trim();
              if (rows.length === 0) return ["no rows"];
              for (const row of rows) {
                const href = row.querySelector("th a").getAttribute("href");
                const main = new DOMParser().parseFromString(await (await fetch(href)).text(), "text/html").querySelector("main");
                const why = main.querySelector(".head details.why"), label = word(main.querySelector("h1")), shown = word(row.cells[state - 1 + (row.cells[0].matches(".pick") ? 1 : 0)]);
                if (label !== shown) troubles.push(`${href}: ${shown} in the list, ${label} on its page`);
                if (!why || why.textContent.trim().length < 20) troubles.push(`${href}: no why`);
                const day = row.cells[date - 1 + (row.cells[0].matches(".pick") ? 1 : 0)]?.querySelector("time")?.getAttribute("datetime");
                if (day && ![...main.querySelectorAll(".head time")].some(t => t.getAttribute("datetime") === day) && !why?.textContent.includes(day)) troubles.push(`${href}: ${day} of the list is not in the why: ${why?.textContent.replace(/\s+/g, " ")}`);
              }
              return troubles;
            }
            """, new[] { state, date });
        Assert.True(found.Length == 0, string.Join("\n", found));
    }

    [Theory, InlineData("/"), InlineData("/controls/coverage"), InlineData("/controls?framework=iso27001-2022"), InlineData("/controls/gaps"), InlineData("/controls/coverage/ahead?on=2027-03-31"), InlineData("/trail")]
    public async Task A_page_of_computed_numbers_says_how_they_came_about(string path)
    {
        await using var manami = await chromium.VisitAsync(office.App, Cast.Manami);
        await manami.OpenAsync(path);
        var why = manami.Main.Locator("details.why").First;
        Assert.False(await why.Locator("> div").IsVisibleAsync());
        await why.Locator("summary").ClickAsync();
        Assert.True((await why.Locator("> div").InnerTextAsync()).Length > 20);
    }
}
