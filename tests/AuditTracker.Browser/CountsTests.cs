using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AuditTracker.Browser.Support;
using AuditTracker.Tests.Support;
using ExcelDataReader;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

/// <summary>A number that is shown is the number of rows behind it: in its list, in the list's Excel, behind every link that counts.</summary>
[Collection(InTheOffice.Name)]
public sealed partial class CountsTests(Chromium chromium, Office office)
{
    /// <summary>Lists with filters that people set; every page with a count and Excel is asked besides.</summary>
    private static readonly string[] Filtered =
    [
        "/evidence/collections?state=all", "/evidence/collections?state=returned", "/evidence/collections?overdue=true&sort=-due", "/evidence/requests?q=入退室", "/people?q=田", "/people?state=left",
        "/mails?state=failed", "/controls?framework=iso27001-2022&state=missing", "/controls/gaps?kind=owner", "/trail?q=鍵", "/evidence/files?q=鍵",
    ];

    [Fact]
    public async Task A_list_its_count_and_its_Excel_have_the_same_rows()
    {
        var found = new List<string>();
        var compared = 0;
        await using var manami = await chromium.VisitAsync(office.App, Cast.Manami);
        foreach (var path in office.Pages.Where(page => Office.Reader(page.Key) == Cast.Manami).Select(page => page.Value).Concat(Filtered))
        {
            await manami.OpenAsync(path);
            if (await manami.Page.EvaluateAsync<string?>("document.querySelector('main .found .count-line')?.textContent ?? null") is not { } line || await manami.Main.Locator(".found a.button").CountAsync() == 0)
            {
                continue;
            }
            compared++;
            var told = Number(line);
            var rows = await manami.Page.EvaluateAsync<int>(Rows);
            var more = await manami.Main.Locator(".pager a").CountAsync() > 0;
            if (more ? rows > told : rows != told)
            {
                found.Add($"{path}: \"{line}\" above {rows} rows");
            }
            var file = await manami.Page.APIRequest.GetAsync(new Uri(office.App.Address, await manami.Main.Locator(".found a.button").First.GetAttributeAsync("href")).ToString());
            var inExcel = RowsOf(await file.BodyAsync());
            if (inExcel != told)
            {
                found.Add($"{path}: \"{line}\" and {inExcel} rows in the Excel");
            }
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
        Assert.True(compared >= 15, $"{compared} lists");
    }

    [Theory, InlineData("Manami"), InlineData("Tom"), InlineData("Hana")]
    public async Task Behind_every_number_that_is_a_link_are_as_many_rows(string nick)
    {
        var found = new List<string>();
        var followed = 0;
        await using var reader = await chromium.VisitAsync(office.App, Cast.All.First(member => member.Nick == nick));
        foreach (var path in new[] { "/", "/controls/coverage", "/controls?framework=iso27001-2022", "/people/departments", "/controls/gaps" })
        {
            if (await reader.OpenAsync(path) != 200)
            {
                continue;
            }
            var links = (await reader.Page.EvaluateAsync<string[][]>(Counting)).ToList();
            foreach (var link in links.DistinctBy(link => link[0]))
            {
                followed++;
                var count = await reader.Page.EvaluateAsync<int>(Behind, link[0]);
                if (count != Number(link[1]))
                {
                    found.Add($"{nick} {path}: \"{link[1]}\" leads to {count} rows at {link[0]}");
                }
            }
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
        Assert.True(followed > 3, $"{followed} links");
    }

    private static int Number(string text) => int.Parse(Digits().Matches(text)[^1].Value.Replace(",", ""), CultureInfo.InvariantCulture);

    /// <summary>Rows of the list sheet, which is the last one: below its head.</summary>
    private static int RowsOf(byte[] workbook)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        using var reader = ExcelReaderFactory.CreateReader(new MemoryStream(workbook));
        while (reader.NextResult())
        {
        }
        reader.Reset();
        var counts = new List<int>();
        do
        {
            var rows = 0;
            while (reader.Read())
            {
                rows += Enumerable.Range(0, reader.FieldCount).Any(cell => reader.GetValue(cell) is not null) ? 1 : 0;
            }
            counts.Add(rows);
        }
        while (reader.NextResult());
        return counts[^1] - 1;
    }

    /// <summary>Rows of the list below its count.</summary>
    private const string Rows = """
        () => [...([...document.querySelectorAll("main table.list")].find(t => document.querySelector("main .found").compareDocumentPosition(t) & Node.DOCUMENT_POSITION_FOLLOWING)?.querySelectorAll("tbody tr") ?? [])].filter(row => row.querySelector("th[scope=row]")).length
        """;

    /// <summary>Links of main that end in a number, or stand alone as one.</summary>
    private const string Counting = """
        () => [...document.querySelectorAll("main a")].filter(a => a.getAttribute("href").startsWith("/") && !a.closest(".pager, .tasks, details, .crumbs")
            && a.parentElement.matches("li, td, .counts, .figures *, .strip *"))
          .map(a => [a.getAttribute("href"), a.textContent.replace(/\s+/g, " ").trim()]).filter(([, text]) => /(^|\s)[0-9,]+(件|項番|名)?$/.test(text) && !/27001|15001/.test(text))
        """;

    private const string Behind = """
        async href => {
          const page = new DOMParser().parseFromString(await (await fetch(href)).text(), "text/html");
          const line = page.querySelector("main .found .count-line, main [role=status]");
          const digits = line?.textContent.match(/[0-9,]+/g);
          return digits ? Number(digits[digits.length - 1].replaceAll(",", "")) : page.querySelector("main .empty") ? 0 : -1;
        }
        """;

    [GeneratedRegex("[0-9][0-9,]*")]
    private static partial Regex Digits();
}
