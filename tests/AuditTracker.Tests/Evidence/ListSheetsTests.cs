using System.Data;
using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>この内容をExcelで of the lists around the evidence: the same rows as the screen, for the same readers.</summary>
public sealed class ListSheetsTests(Desk desk) : IClassFixture<Desk>
{
    /// <summary>The first column of the workbook below its head.</summary>
    private static List<string> Rows(DataTableCollection book, int column = 0) => [.. book[1].Rows.Cast<DataRow>().Skip(1).Select(row => row[column].ToString()!)];

    private static List<string> Screen(string page, string pattern) => [.. Regex.Matches(page, pattern, RegexOptions.Singleline).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value.Trim()))];

    [Theory]
    [InlineData("/people")]
    [InlineData("/people?state=all&q=" + "\u68ee")]
    public async Task The_workbook_of_people_has_the_people_of_the_screen(string path)
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await manami.PageAsync(path);
        var screen = Screen(page, "<span class=\"sub\" lang=\"ja\">(.*?)</span>");
        Assert.NotEmpty(screen);
        Assert.Equal(screen, Rows(await Desk.WorkbookAsync(manami, page), 1));
    }

    [Fact]
    public async Task The_workbook_of_accounts_has_the_accounts_of_the_screen_in_its_order()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var first = await manami.PageAsync("/accounts");
        var page = await manami.PageAsync("/accounts?sort=-no");
        var screen = Screen(page, "<span class=\"sub mail\">(.*?)</span>");
        Assert.True(screen.Count > 3);
        Assert.Equal(screen, Rows(await Desk.WorkbookAsync(manami, page), 1));
        Assert.NotEqual(screen, Screen(first, "<span class=\"sub mail\">(.*?)</span>"));
    }

    [Fact]
    public async Task The_workbook_of_mails_has_the_mails_of_the_screen_and_no_subject_for_administrators()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        await manami.SendAsync(await manami.PageAsync("/mails"), "/mails?handler=test");
        var page = await manami.PageAsync("/mails");
        var screen = Screen(page, "<a href=\"/mails/\\d+[^>]*><span lang=\"ja\">(.*?)</span>");
        Assert.NotEmpty(screen);
        Assert.Equal(screen, Rows(await Desk.WorkbookAsync(manami, page)));
    }

    [Fact]
    public async Task The_workbook_of_the_trail_has_the_entries_of_the_screen()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await manami.PageAsync("/trail?kind=all");
        var screen = Screen(page, " id=\"e(\\d+)\"");
        Assert.NotEmpty(screen);
        // The screen shows its first fifty.
        Assert.Equal(screen, Rows(await Desk.WorkbookAsync(manami, page), 5).Take(screen.Count));
    }

    [Theory]
    [InlineData("/people?handler=Excel")]
    [InlineData("/accounts?handler=Excel")]
    [InlineData("/mails?handler=Excel")]
    [InlineData("/trail?handler=Excel")]
    public async Task Others_find_nothing(string path)
    {
        using var answer = await (await desk.App.PagesAsAsync(Cast.Mallory)).GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
