using AuditTracker.Browser.Support;
using AuditTracker.Tests.Support;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>axe-core finds nothing against WCAG 2.2 AA: every page, as on a desk and on a phone, by day and by night.</summary>
[Collection(InTheOffice.Name)]
public sealed class AccessibilityTests(Chromium chromium, Office office)
{
    /// <summary>axe-core itself; run through the page it costs one injection a page, not one a look.</summary>
    internal static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    internal const string Everything = """{ "type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }""";
    private const string Contrast = """{ "type": "rule", "values": ["color-contrast"] }""";

    [Fact]
    public async Task No_page_has_a_violation_in_either_theme_at_360_and_1280_px()
    {
        var found = new List<string>();
        foreach (var side in office.Pages.GroupBy(page => Office.Reader(page.Key)))
        {
            await using var visitor = await chromium.VisitAsync(office.App, side.Key);
            foreach (var (route, path) in side)
            {
                Assert.Equal((path, Office.StatusOf(route)), (path, await visitor.OpenAsync(path)));
                await LookAsync(visitor, route, found);
            }
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    [Fact]
    public async Task Neither_the_open_menus_nor_failed_forms_nor_pages_that_are_not_there_have_a_violation()
    {
        var found = new List<string>();
        await using (var nobody = await chromium.VisitAsync(office.App))
        {
            await nobody.OpenAsync("/sign-in");
            await nobody.PressAsync("入る", "Sign in");
            await nobody.SeesAsync("入力内容を確認してください");
            await LookAsync(nobody, "sign-in failed", found);
        }
        await using var manami = await chromium.VisitAsync(office.App, Cast.Manami);
        await manami.OpenAsync("/");
        await manami.Page.Locator("header details.drop-down summary").ClickAsync();
        await LookAsync(manami, "menu of the name", found);
        await manami.Page.SetViewportSizeAsync(360, 800);
        await manami.Page.Locator("header details.menu-button summary").ClickAsync();
        await LookAsync(manami, "menu on a phone", found);

        await manami.OpenAsync("/reports");
        await manami.Main.Locator("[name='Input.From']").FillAsync("8.11.22");
        await manami.PressAsync("作成", "Make");
        await manami.SeesAsync("2通りに読めます");
        await LookAsync(manami, "report refused", found);

        await manami.OpenAsync("/people/import");
        await manami.Main.Locator("form button.primary").ClickAsync();
        await manami.SeesAsync("入力内容を確認してください");
        await LookAsync(manami, "import without a file", found);

        await manami.OpenAsync("/evidence/requests/new");
        await manami.PressAsync("保存", "Save");
        await manami.SeesAsync("入力内容を確認してください");
        await LookAsync(manami, "request refused", found);

        Assert.Equal(404, await manami.OpenAsync("/people/999999"));
        await LookAsync(manami, "not found", found);
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    [Fact]
    public async Task The_first_pages_of_owner_reviewer_auditor_and_employee_have_no_violation()
    {
        var found = new List<string>();
        foreach (var (who, path) in new[] { (Cast.Alice, "/"), (Cast.Alice, office.Pages["/evidence/collections/{id:long}/hand-in"]), (Cast.Bob, "/evidence/review"), (Cast.Carol, "/evidence/collections"), (Cast.Mallory, "/") })
        {
            await using var visitor = await chromium.VisitAsync(office.App, who, who.Language);
            Assert.Equal((path, 200), (path, await visitor.OpenAsync(path)));
            await LookAsync(visitor, $"{who.Nick} {path}", found);
            found.AddRange(visitor.Troubles);
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    /// <summary>Colours differ by theme and layout by width; the other rules are asked once a width.</summary>
    private static async Task LookAsync(Visitor visitor, string what, List<string> found)
    {
        await visitor.Page.EvaluateAsync(Axe);
        foreach (var width in new[] { 1280, 360 })
        {
            await visitor.Page.SetViewportSizeAsync(width, 800);
            await visitor.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            found.AddRange((await AskAsync(visitor, Everything)).Select(told => $"{what} at {width} px: {told}"));
            await visitor.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
            found.AddRange((await AskAsync(visitor, Contrast)).Select(told => $"{what} at {width} px, dark: {told}"));
        }
        await visitor.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
    }

    /// <summary>The page as it stands now, with whatever is open in it.</summary>
    internal static async Task<string[]> AskOpenAsync(Visitor visitor)
    {
        await visitor.Page.EvaluateAsync(Axe);
        return await AskAsync(visitor, Everything);
    }

    /// <returns>A line or two for each violation: rule, how often, where, why.</returns>
    internal static Task<string[]> AskAsync(Visitor visitor, string rules) => visitor.Page.EvaluateAsync<string[]>("""
        async rules => (await axe.run(document, { runOnly: JSON.parse(rules), resultTypes: ["violations"] })).violations.flatMap(violation =>
          violation.nodes.slice(0, 3).map(node => {
            const why = [...node.any, ...node.all, ...node.none].map(check => check.message)[0] ?? violation.help;
            return `${violation.id} (${violation.impact}), ${violation.nodes.length} times: ${node.target}: ${why}\n    ${node.html}`;
          }))
        """, rules);
}
