using System.Text.RegularExpressions;
using AuditTracker.Browser.Support;
using AuditTracker.Tests.Support;

namespace AuditTracker.Browser;

/// <summary>What a screen reader says, asked of the tree that Chromium hands to it.</summary>
[Collection(InTheOffice.Name)]
public sealed partial class ReadAloudTests(Chromium chromium, Office office)
{
    private static readonly string[] Spoken =
        ["link", "button", "textbox", "searchbox", "spinbutton", "checkbox", "radio", "combobox", "listbox", "menuitem", "image", "table", "rowheader", "heading", "navigation", "region", "figure", "group", "DisclosureTriangle", "progressbar"];

    private static readonly string[] MayBeNameless = ["group", "figure"];

    [Theory, InlineData("ja"), InlineData("en")]
    public async Task Whatever_can_be_used_or_looked_at_has_a_name_without_signs(string language)
    {
        var found = new List<string>();
        foreach (var side in office.Pages.GroupBy(page => Office.Reader(page.Key)))
        {
            await using var visitor = await chromium.VisitAsync(office.App, side.Key, language);
            foreach (var (route, path) in side)
            {
                await visitor.OpenAsync(path);
                await visitor.Page.EvaluateAsync("() => document.querySelectorAll('details').forEach(d => d.open = true)");
                var parts = await visitor.ReadAloudAsync();
                found.AddRange(parts.Where(part => Spoken.Contains(part.Role) && !MayBeNameless.Contains(part.Role) && !Word().IsMatch(part.Name)).Select(part => $"{route}: a {part.Role} is called \"{part.Name}\"").Distinct());
                found.AddRange(parts.Where(part => part.Role is not ("rowheader" or "group") && Spoken.Contains(part.Role) && Sign().IsMatch(part.Name)).Select(part => $"{route}: a {part.Role} says a sign: \"{part.Name}\"").Distinct());
                found.AddRange(parts.Where(part => part.Role is "textbox" or "searchbox" or "combobox" or "spinbutton").GroupBy(part => part.Name).Where(same => same.Count() > 1)
                    .Select(same => $"{route}: {same.Count()} fields are called \"{same.Key}\""));
                found.AddRange(await visitor.Page.EvaluateAsync<string[]>(Rows, route));
            }
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    [Fact]
    public async Task A_row_a_cell_of_the_year_a_task_and_a_chart_are_sentences()
    {
        await using var manami = await chromium.VisitAsync(office.App, Cast.Manami);
        await manami.OpenAsync("/evidence/collections?overdue=true");
        Assert.Matches(@"^名称: .+分 \| 状態: 期限超過 \d+日超過( · 差戻し中)? \| 期限: [\d/]+（.） \| 担当: .+ \| 確認者: .+$", await RowAsync(manami, "main table.list tbody tr"));
        await manami.OpenAsync("/evidence/year");
        Assert.Contains(await manami.ReadAloudAsync(), part => part.Role == "link" && Regex.IsMatch(part.Name, @"^2026年.+分 期限 2026/[\d/]+（.） (予定|依頼中|提出済み|差戻し|受領|期限超過|期限間近)$"));
        await manami.OpenAsync("/");
        Assert.Matches(@"^(提出済み|受講中) .+ 期限 [\d/]+（.） .+$", await manami.Page.Locator(".tasks li").First.EvaluateAsync<string>(Told));
        await manami.OpenAsync("/controls/coverage");
        Assert.Matches(@"^.+は\d+%です。.+。$", Assert.Single(await manami.ReadAloudAsync(), part => part.Role == "image").Name);
    }

    /// <summary>A row as it is read cell by cell: the head of the column, then what stands in it.</summary>
    private static Task<string> RowAsync(Visitor visitor, string row) => visitor.Page.Locator(row).First.EvaluateAsync<string>("""
        row => {
          const told = e => [...e.childNodes].map(n => n.nodeType === 3 ? n.data : n.nodeType === 1 && !n.matches("[aria-hidden=true], input") ? " " + told(n) + " " : "").join("");
          const heads = [...row.closest("table").querySelectorAll("thead th")];
          return [...row.cells].map((cell, i) => `${told(heads[i]).trim()}: ${told(cell)}`.replace(/\s+/g, " ").trim()).slice(1).join(" | ");
        }
        """);

    private const string Told = """
        e => { const told = n => [...n.childNodes].map(c => c.nodeType === 3 ? c.data : c.nodeType === 1 && !c.matches("[aria-hidden=true]") ? " " + told(c) + " " : "").join(""); return told(e).replace(/\s+/g, " ").trim(); }
        """;

    /// <summary>Tables without a name of their rows, and days of a task that do not say what is due on them.</summary>
    private const string Rows = """
        route => [
          ...[...document.querySelectorAll("main table")].filter(t => !t.matches(".month, .stamps") && t.tBodies[0]?.rows.length && ![...t.tBodies].some(b => [...b.rows].some(r => r.querySelector("th[scope=row], th[scope=rowgroup], th[scope=colgroup]"))))
            .map(t => `${route}: no row has a head: ${t.outerHTML.slice(0, 160)}`),
          ...[...document.querySelectorAll("main .tasks li time")].filter(t => !t.previousElementSibling?.matches(".hidden") && !t.parentElement.querySelector(".hidden"))
            .slice(0, 1).map(t => `${route}: a day without a word: ${t.parentElement.outerHTML.slice(0, 160)}`),
        ]
        """;

    [GeneratedRegex(@"[\p{L}\p{N}]")]
    private static partial Regex Word();

    /// <summary>Signs that are read as "black diamond" or not at all.</summary>
    [GeneratedRegex("[□◧■☑▲◆▸▾‹›←→✓✕×≡]")]
    private static partial Regex Sign();
}
