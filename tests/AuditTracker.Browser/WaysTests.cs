using System.Text.RegularExpressions;
using AuditTracker.Browser.Support;
using AuditTracker.Tests.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>Nobody is left standing: back leads to the same list, an address shows the same to the next reader, and where there is nothing the page says what to do.</summary>
[Collection(InTheOffice.Name)]
public sealed partial class WaysTests(Chromium chromium, Office office)
{
    private static readonly string[] Lists =
    [
        "/evidence/collections?state=all&sort=-due", "/evidence/collections?overdue=true", "/evidence/requests?q=入退室&sort=-title", "/people?q=田", "/mails?state=failed", "/accounts", "/controls?framework=iso27001-2022&state=missing",
        "/controls/gaps?kind=norequest", "/controls/coverage/ahead?on=2027-03-31", "/evidence/files?q=鍵", "/search?q=鍵", "/evidence/year?fy=2026", "/company/appointments", "/reports",
    ];

    [Fact]
    public async Task Back_from_a_record_leads_to_the_same_rows_and_the_address_shows_them_to_somebody_else()
    {
        var found = new List<string>();
        await using var manami = await chromium.VisitAsync(office.App, Cast.Manami);
        await using var other = await chromium.VisitAsync(office.App, Cast.Manami);
        foreach (var list in Lists)
        {
            await manami.OpenAsync(list);
            // The second page of a long list, for a place in it is part of the address.
            if (await manami.Main.Locator(".pager a[rel=next], .pager a[href*='after=']").CountAsync() > 0)
            {
                await manami.OpenAsync((await manami.Main.Locator(".pager a[rel=next], .pager a[href*='after=']").First.GetAttributeAsync("href"))!);
            }
            var (address, rows) = (manami.Page.Url, await RowsAsync(manami));
            await other.OpenAsync(address);
            if (!rows.SequenceEqual(await RowsAsync(other)))
            {
                found.Add($"{list}: the address shows others to the next reader");
            }
            var record = manami.Main.Locator("tbody th[scope=row] a, tbody td a[href*='collections/'], li a[href*='back=']").First;
            if (await record.CountAsync() == 0)
            {
                found.Add($"{list}: no record to open");
                continue;
            }
            await manami.OpenAsync((await record.GetAttributeAsync("href"))!);
            var ways = await manami.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('main a.back, .crumbs a')].map(a => a.href)");
            if (!ways.Contains(address))
            {
                found.Add($"{list}: {manami.Page.Url} leads back to {string.Join(" ", ways)}");
            }
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    [Fact]
    public async Task What_is_not_there_not_yours_or_not_found_says_what_to_do_next()
    {
        var found = new List<string>();
        await using (var manami = await chromium.VisitAsync(office.App, Cast.Manami))
        {
            await manami.OpenAsync("/search");
            foreach (var route in office.Pages.Keys.Where(route => Office.Reader(route) == Cast.Manami && route.Contains("{id:long}", StringComparison.Ordinal)))
            {
                found.AddRange(await manami.Page.EvaluateAsync<string[]>(Lost, route.Replace("{id:long}", "987654321", StringComparison.Ordinal)));
            }
            foreach (var path in office.Pages.Where(page => Office.Reader(page.Key) == Cast.Manami).Select(page => page.Value))
            {
                found.AddRange(await manami.Page.EvaluateAsync<string[]>(NothingFound, path));
            }
        }
        await using (var mallory = await chromium.VisitAsync(office.App, Cast.Mallory))
        {
            await mallory.OpenAsync("/");
            foreach (var path in office.Pages.Where(page => Office.Reader(page.Key) is not null).Select(page => page.Value))
            {
                found.AddRange((await mallory.Page.EvaluateAsync<string[]>(Lost, path)).Select(trouble => "not hers: " + trouble));
            }
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    [Fact]
    public async Task A_company_of_the_first_day_has_no_empty_list_without_a_next_step()
    {
        var found = new List<string>();
        await using var own = await OwnCompany.StartAsync("2026-11-24T09:00:00");
        await using var manami = await chromium.VisitAsync(own.App, Cast.Manami, width: 360);
        foreach (var route in office.Pages.Keys.Where(route => Office.Reader(route) == Cast.Manami && !route.Contains('{')))
        {
            if (await manami.OpenAsync(route) is not 200 and var status)
            {
                found.Add($"{route} answers {status}");
                continue;
            }
            found.AddRange((await manami.Page.EvaluateAsync<string[]>(Empty)).Select(trouble => $"{route}: {trouble}"));
        }
        found.AddRange(manami.Troubles);
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    [Theory, InlineData("/people"), InlineData("/mails"), InlineData("/trail"), InlineData("/evidence/requests"), InlineData("/evidence/collections?state=all"), InlineData("/evidence/year"), InlineData("/reports")]
    public async Task The_far_page_has_rows_and_the_way_back_and_fits_a_phone(string list)
    {
        await using var manami = await chromium.VisitAsync(office.App, Cast.Manami, width: 360);
        await manami.OpenAsync(list);
        var pages = 1;
        while (await manami.Main.Locator(".pager a[href*='after=']").CountAsync() > 0 && pages < 6)
        {
            await manami.OpenAsync((await manami.Main.Locator(".pager a[href*='after=']").First.GetAttributeAsync("href"))!);
            pages++;
        }
        Assert.True(pages > 1, "the list has one page");
        Assert.NotEmpty(await RowsAsync(manami));
        Assert.Equal(1, await manami.Main.Locator(".pager a[href*='before=']").CountAsync());
        Assert.True(await manami.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
    }

    [Theory, InlineData("/people?q=900001"), InlineData("/evidence/requests?q=鍵の管理台帳"), InlineData("/controls?framework=iso27001-2022&q=A.5.18"), InlineData("/evidence/collections?state=all&q=鍵の管理台帳&dueBefore=2026-11-01")]
    public async Task A_single_row_is_counted_as_one_and_fits(string list)
    {
        await using var manami = await chromium.VisitAsync(office.App, Cast.Manami, width: 360);
        await manami.OpenAsync(list);
        Assert.Equal(1, await manami.Main.Locator("table.list tbody tr:has(th[scope=row])").CountAsync());
        Assert.Matches("^1(件|名|項番)", await manami.Main.Locator(".found .count-line").First.InnerTextAsync());
        Assert.True(await manami.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
    }

    /// <summary>The page behind a path that is open to nobody here: 404, a sentence, the way to today.</summary>
    private const string Lost = """
        async path => {
          const answer = await fetch(path), page = new DOMParser().parseFromString(await answer.text(), "text/html"), main = page.querySelector("main");
          if (answer.status === 200) return [];
          const troubles = [];
          if (answer.status !== 404) troubles.push(`${path} answers ${answer.status}`);
          if (!main?.querySelector("h1")?.textContent.trim() || main.querySelectorAll("p").length < 2) troubles.push(`${path} says nothing`);
          if (!main?.querySelector("a[href='/']")) troubles.push(`${path} leads nowhere`);
          if (page.querySelector("search") && !main?.querySelector("a[href='/search']")) troubles.push(`${path} does not lead to the search`);
          return troubles;
        }
        """;

    /// <summary>The list behind a path when its search fits nothing: its filters stay, a sentence says so, a link loosens them.</summary>
    private const string NothingFound = """
        async path => {
          const at = new URL(path, location.href);
          const read = async () => new DOMParser().parseFromString(await (await fetch(at)).text(), "text/html").querySelector("main");
          if (!(await read())?.querySelector("form.filters input[name=q]")) return [];
          at.searchParams.set("q", "どこにもない語");
          const main = await read(), troubles = [];
          if (!main.querySelector("form.filters input[name=q]")) troubles.push(`${path}: the filters are gone when nothing is found`);
          if (main.querySelector("table.list tbody tr")) troubles.push(`${path}: rows although nothing fits`);
          if (!main.querySelector(".empty, [role=status]")) troubles.push(`${path}: does not say that nothing was found`);
          // Where the search is the only filter, its field is what loosens it.
          if (!main.querySelector(".empty a, .chips a, .chip") && main.querySelectorAll("form.filters :is(input:not([type=hidden]), select)").length > 1) troubles.push(`${path}: no way to loosen the filter`);
          return troubles;
        }
        """;

    private const string Empty = """
        () => [
          ...[...document.querySelectorAll("main table.list")].filter(t => !t.tBodies[0]?.rows.length).map(t => "a table without rows: " + t.outerHTML.slice(0, 120)),
          ...[...document.querySelectorAll("main :is(ul, ol):not(.errors ul, .chosen, .options)")].filter(l => l.children.length === 0).map(l => "a list without entries: " + l.outerHTML),
          ...[...document.querySelectorAll("main .empty")].filter(e => !e.querySelector("a, button, form") && !/してください|します|なります|並びます|表示/.test(e.textContent)).map(e => "no next step: " + e.outerHTML.slice(0, 200)),
          ...(document.documentElement.scrollWidth > innerWidth ? ["wider than the phone"] : []),
        ]
        """;

    private static async Task<IReadOnlyList<string>> RowsAsync(Visitor visitor) => [.. (await visitor.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('main tbody tr, main section li')].map(row => row.textContent.replace(/\\s+/g, ' ').trim())")).Select(row => Ticking().Replace(row, ""))];

    /// <summary>What goes on while one looks.</summary>
    [GeneratedRegex(@"\d+:\d\d(:\d\d)?")]
    private static partial Regex Ticking();
}
