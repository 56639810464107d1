using System.Data;
using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Several items at once, and the list as a workbook.</summary>
public sealed class ControlsBulkTests(Desk desk) : IClassFixture<Desk>
{
    private const string Check = "/controls/bulk?framework=iso27001-2022&id=A.5.18&id=A.8.4&id=X.9";

    [Fact]
    public async Task Owner_and_applicability_of_several_items_change_after_a_check_and_what_cannot_is_named()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await manami.PageAsync(Check + "&act=owner");
        Assert.Contains("選んだ2項番を変更します。", Browsing.Plain(page));
        using (var owned = await manami.SendAsync(page, Check + "&act=owner", ("Input.Owner", "900008")))
        {
            Assert.Equal("/controls", owned.Headers.Location!.OriginalString);
        }
        Assert.Equal(2, await desk.App.Database.ScalarAsync<long>("select count(*) from controls where owner_id = @id and framework = 'iso27001-2022'", new { id = Cast.Hana.PersonId }));

        // A clause of the standard itself cannot be left out; the control of Annex A beside it can.
        const string Exclude = "/controls/bulk?framework=iso27001-2022&act=applicable&id=A.8.4&id=4.1";
        page = await manami.PageAsync(Exclude);
        using (var silent = await manami.SendAsync(page, Exclude, ("Input.Applicable", "false")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, silent.StatusCode);
        }
        using (var partly = await manami.SendAsync(page, Exclude, ("Input.Applicable", "false"), ("Input.Reason", "開発をしていない")))
        {
            Assert.Contains("1項番を変更しました。 次の1項番はできませんでした。", Browsing.Plain(await partly.Content.ReadAsStringAsync()));
        }
        Assert.Equal(["4.1:true", "A.8.4:false"], await desk.App.Database.ListAsync<string>("select ref || ':' || applicable from controls where framework = 'iso27001-2022' and ref in ('A.8.4', '4.1') order by ref"));

        using (var request = await manami.GetAsync(Check + "&act=request"))
        {
            Assert.Equal("/evidence/requests/new?item=iso27001-2022%3AA.5.18&item=iso27001-2022%3AA.8.4", request.Headers.Location!.OriginalString);
        }
        using var hana = await (await desk.App.PagesAsAsync(Cast.Hana)).GetAsync(Check);
        Assert.Equal(HttpStatusCode.NotFound, hana.StatusCode);
    }

    [Fact]
    public async Task The_workbook_has_the_items_of_the_screen()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await manami.PageAsync("/controls?framework=iso27001-2022&theme=people");
        var screen = Regex.Matches(page, "<th scope=\"row\".*?<span class=\"ref\">(.*?)</span>").Select(match => match.Groups[1].Value).ToList();
        var sheet = await Desk.WorkbookAsync(manami, page);
        Assert.Equal(8, screen.Count);
        Assert.Equal(screen, sheet[1].Rows.Cast<DataRow>().Skip(1).Select(row => (string)row[0]));
    }
}
