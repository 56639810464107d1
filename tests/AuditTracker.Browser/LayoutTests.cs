using System.Text;
using System.Text.RegularExpressions;
using AuditTracker.Browser.Support;
using AuditTracker.Tests.Support;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

[Collection(InTheOffice.Name)]
public sealed partial class LayoutTests(Chromium chromium, Office office)
{
    /// <summary>The most bytes of markup of a page with fifty rows; a list that is not cut into pages may have as much for each of its fifties.</summary>
    private const int MostBytes = 60 * 1024;

    [Fact]
    public void Every_page_of_the_product_is_among_those_that_are_looked_at()
    {
        var routes = office.App.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.Trim('/')).Distinct().Except(["/sign-out"]);
        Assert.Equal(office.Pages.Keys.Order(StringComparer.Ordinal), routes.Order(StringComparer.Ordinal));
    }

    [Theory, InlineData("ja"), InlineData("en")]
    public async Task Every_page_fits_a_phone_has_one_heading_a_title_and_nothing_that_the_browser_complains_about(string language)
    {
        var found = new List<string>();
        foreach (var side in office.Pages.GroupBy(page => Office.Reader(page.Key)))
        {
            await using var visitor = await chromium.VisitAsync(office.App, side.Key, language, width: 360);
            foreach (var (route, path) in side)
            {
                var answer = (await visitor.Page.GotoAsync(path))!;
                found.AddRange((await TroublesAsync(visitor, answer, Office.StatusOf(route))).Select(trouble => $"{route} ({language}): {trouble}"));
            }
            found.AddRange(visitor.Troubles);
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    /// <summary>Pages of the reader's own, which no entry of the menu leads to, and the search.</summary>
    private static readonly string[] BesideTheMenu = ["/inbox", "/profile", "/profile/calendar", "/profile/authenticator", "/profile/password", "/profile/second-factor", "/tokens", "/search", "/training/courses/{key}/preview"];

    [Fact]
    public async Task Every_page_lights_its_one_entry_of_the_menu_and_leaves_the_search_alone()
    {
        await using var manami = await chromium.VisitAsync(office.App, Cast.Manami);
        await manami.OpenAsync("/");
        var found = new List<string>();
        foreach (var (route, path) in office.Pages.Where(page => Office.Reader(page.Key) == Cast.Manami).Select(page => (page.Key, page.Value)).Append(("/evidence/files", "/evidence/files?q=鍵")))
        {
            var lit = await manami.Page.EvaluateAsync<string[]>("""
                async path => {
                  const page = new DOMParser().parseFromString(await (await fetch(path)).text(), "text/html");
                  return [page.querySelector("#q")?.getAttribute("value") ?? "", ...[...page.querySelectorAll(".side [aria-current=page]")].map(a => a.getAttribute("href"))];
                }
                """, path);
            var expected = BesideTheMenu.Contains(route) ? 0 : 1;
            if (lit.Length - 1 != expected)
            {
                found.Add($"{route} lights {string.Join(" and ", lit[1..])}");
            }
            if (lit[0].Length > 0 && route != "/search")
            {
                found.Add($"{route} puts {lit[0]} into the search of the head");
            }
            if (route is "/controls/gaps" or "/evidence/destruction" or "/evidence/quarantine/{id:long}")
            {
                Assert.Equal(route == "/controls/gaps" ? "/controls/coverage" : "/evidence/requests", lit[1]);
            }
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    [Fact]
    public async Task On_paper_there_is_no_menu_and_black_stands_on_white_also_from_the_dark()
    {
        await using var manami = await chromium.VisitAsync(office.App, Cast.Manami);
        await manami.Page.EmulateMediaAsync(new() { Media = Media.Print, ColorScheme = ColorScheme.Dark });
        foreach (var path in new[] { "/", "/controls?framework=iso27001-2022", "/people", "/reports", office.Pages["/evidence/collections/{id:long}"] })
        {
            await manami.OpenAsync(path);
            Assert.Equal("[]", await manami.Page.EvaluateAsync<string>("""
                () => JSON.stringify([...document.querySelectorAll("header.top, .side, footer.bottom, .filters, .pager, .actions, .crumbs, .tabs, button, textarea")].filter(e => e.offsetParent !== null || e.getClientRects().length > 0).map(e => e.outerHTML.slice(0, 80)))
                """));
            Assert.Equal("rgb(0, 0, 0)", await manami.Page.EvaluateAsync<string>("getComputedStyle(document.body).color"));
            Assert.True(await manami.Page.Locator(".print-head").IsVisibleAsync(), path);
        }
    }

    [Fact]
    public async Task With_forced_colours_whatever_is_told_by_a_colour_has_a_border_and_every_page_can_be_drawn()
    {
        var found = new List<string>();
        foreach (var side in office.Pages.GroupBy(page => Office.Reader(page.Key)))
        {
            await using var visitor = await chromium.VisitAsync(office.App, side.Key);
            await visitor.Page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.Active });
            foreach (var (route, path) in side)
            {
                await visitor.OpenAsync(path);
                found.AddRange(await visitor.Page.EvaluateAsync<string[]>("""
                    route => [...document.querySelectorAll("main :is(.s, .notice, .chip, button, .button, input:not([type=hidden]), select, textarea)")]
                      .filter(e => e.getClientRects().length > 0 && !e.matches(".hidden, .quiet, .s-done, .s-out") && ["checkbox", "radio", "file"].indexOf(e.type) < 0 && parseFloat(getComputedStyle(e).borderTopWidth) < 1)
                      .slice(0, 3).map(e => `${route}: no border: ${e.outerHTML.slice(0, 120)}`)
                    """, route));
                Assert.NotEmpty(await visitor.Page.ScreenshotAsync());
            }
            found.AddRange(visitor.Troubles);
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    [Fact]
    public async Task Lists_go_to_paper_whole()
    {
        await using var manami = await chromium.VisitAsync(office.App, Cast.Manami);
        foreach (var path in new[] { "/evidence/requests", "/evidence/collections?state=all", "/people", "/trail", "/mails", "/evidence/year", "/company/appointments" })
        {
            await manami.OpenAsync(path);
            var pdf = await manami.Page.PdfAsync(new() { PreferCSSPageSize = true });
            Assert.True(pdf.Length > 10_000 && pdf.AsSpan(0, 5).SequenceEqual("%PDF-"u8), $"{path}: {pdf.Length} bytes");
            await manami.Page.EmulateMediaAsync(new() { Media = Media.Print });
            Assert.Equal((path, "table-header-group"), (path, await manami.Page.EvaluateAsync<string>("getComputedStyle(document.querySelector('main thead')).display")));
            Assert.Equal((path, "avoid"), (path, await manami.Page.EvaluateAsync<string>("getComputedStyle(document.querySelector('main tbody tr')).breakInside")));
            await manami.Page.EmulateMediaAsync(new() { Media = Media.Screen });
        }
    }

    [Fact]
    public async Task The_first_stop_of_the_keyboard_is_the_way_past_the_menu()
    {
        await using var manami = await chromium.VisitAsync(office.App, Cast.Manami);
        await manami.OpenAsync("/people");
        await manami.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("本文へ移動", await manami.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        Assert.True(await manami.Page.EvaluateAsync<bool>("document.activeElement.getBoundingClientRect().top >= 0"));
        await manami.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("main", await manami.Page.EvaluateAsync<string>("document.activeElement.id"));
    }

    [Theory, InlineData(ColorScheme.Light), InlineData(ColorScheme.Dark)]
    public async Task Whatever_has_the_focus_shows_its_ring_whole(ColorScheme scheme)
    {
        await using var manami = await chromium.VisitAsync(office.App, Cast.Manami);
        await manami.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
        await manami.OpenAsync("/people");
        for (var stop = 1; stop <= 40; stop++)
        {
            await manami.Page.Keyboard.PressAsync("Tab");
            Assert.Equal("", await manami.Page.EvaluateAsync<string>("""
                () => {
                  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect(), head = document.querySelector("header.top");
                  const says = e.outerHTML.slice(0, 120);
                  if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return "no ring: " + says;
                  if (box.width === 0 || box.height === 0) return "nothing to see: " + says;
                  if (!head.contains(e) && !e.closest(".side, .skip") && (box.top < head.getBoundingClientRect().bottom || box.bottom > innerHeight)) return "behind the head or below the window: " + says;
                  return "";
                }
                """));
        }
    }

    [Fact]
    public async Task A_person_without_a_mouse_signs_in_opens_the_menu_and_closes_it()
    {
        // An earlier visit may have left her account in English.
        await office.App.Database.ArrangeAsync("update accounts set language = 'ja' where id = @AccountId", Cast.Alice);
        await using var alice = await chromium.VisitAsync(office.App);
        var keys = alice.Page.Keyboard;
        await alice.OpenAsync("/sign-in");
        Assert.Equal("Input_Address", await alice.Page.EvaluateAsync<string>("document.activeElement.id"));
        await keys.TypeAsync(Cast.Alice.Mail);
        await keys.PressAsync("Tab");
        await keys.TypeAsync(Cast.Password);
        await keys.PressAsync("Enter");
        await alice.Page.GetByRole(AriaRole.Heading, new() { Name = "今日", Level = 1 }).WaitForAsync();
        var menu = alice.Page.Locator("header details.drop-down");
        await menu.Locator("summary").FocusAsync();
        await keys.PressAsync("Enter");
        Assert.True(await menu.GetByRole(AriaRole.Button, new() { Name = "サインアウト" }).IsVisibleAsync());
        await keys.PressAsync("Escape");
        Assert.Null(await menu.GetAttributeAsync("open"));
        Assert.True(await menu.Locator("summary").EvaluateAsync<bool>("e => e === document.activeElement"));
    }

    private static async Task<IEnumerable<string>> TroublesAsync(Visitor visitor, IResponse answer, int status)
    {
        var found = new List<string>();
        var markup = await answer.TextAsync();
        if (answer.Status != status)
        {
            found.Add($"answers {answer.Status}");
        }
        var bytes = Encoding.UTF8.GetByteCount(WhatIsRead().Replace(markup, ""));
        var rows = Math.Max(50, await visitor.Page.Locator("tr").CountAsync());
        if (bytes > MostBytes * rows / 50)
        {
            found.Add($"has {bytes:N0} bytes of markup for {rows} rows");
        }
        if (InlineStyleOrScript().Match(markup) is { Success: true } inline)
        {
            found.Add($"has {inline.Value}");
        }
        var title = await visitor.Page.TitleAsync();
        if (!Title().IsMatch(title))
        {
            found.Add($"is titled {title}");
        }
        if (await visitor.Page.Locator("h1").CountAsync() != 1)
        {
            found.Add("has not one h1");
        }
        // 320 px are a desk's window at 400 %; in between and above it the menu moves, and columns of records and lists appear.
        var wide = new List<string>();
        foreach (var width in new[] { 1280, 820, 320, 360 })
        {
            await visitor.Page.SetViewportSizeAsync(width, 800);
            wide.AddRange(await visitor.Page.EvaluateAsync<string[]>("""
                () => document.documentElement.scrollWidth <= innerWidth ? [] :
                  [`${document.documentElement.scrollWidth} px wide of ${innerWidth}`, ...[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".diff, .scroll")).slice(0, 5).map(e => e.outerHTML.slice(0, 160))]
                """));
        }
        var ids = await visitor.Page.EvaluateAsync<string[]>("""
            () => { const ids = [...document.querySelectorAll("[id]")].map(e => e.id); return ids.filter((id, i) => ids.indexOf(id) !== i); }
            """);
        return [.. found, .. wide, .. ids.Select(id => $"has the id {id} twice")];
    }

    /// <summary>Guidance that opens on a press is text, not markup.</summary>
    [GeneratedRegex("(?<=</summary>)<p>[^<]*</p>(?=</details>)")]
    private static partial Regex WhatIsRead();

    [GeneratedRegex("<[a-z][^>]* (style|on[a-z]+)=\"[^\"]*\"|<style[ >]|<script(?![^>]* src=)")]
    private static partial Regex InlineStyleOrScript();

    [GeneratedRegex(@"^(\([0-9]+\) )?[^｜]+(｜[^｜]+)?｜AuditTracker$")]
    private static partial Regex Title();
}
