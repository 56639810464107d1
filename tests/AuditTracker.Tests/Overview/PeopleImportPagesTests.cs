using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AuditTracker.Tests.People;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Overview;

public sealed partial class PeopleImportPagesTests : IAsyncLifetime
{
    private const string Foreign = "個人ID,なまえ,アドレス,組織CD,組織,採用\n0001,髙﨑 花子,hana@x.example,D9,営業部,2020/4/1\n";

    private TestApp app = null!;
    private HttpClient pages = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await app.Database.SetClockAsync("2026-11-24T09:00:00");
        pages = await app.PagesAsAsync(Cast.Manami);
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Unknown_heads_are_chosen_from_a_table_with_samples_and_remembered()
    {
        var path = await UploadAsync(Encoding.UTF8.GetBytes(Foreign));
        var page = await pages.PageAsync(path);
        Assert.Contains("列の対応", page);
        Assert.Contains("hana@x.example", page);
        Assert.DoesNotContain("この内容で反映", page);
        var mallory = await app.PagesAsAsync(Cast.Mallory);
        Assert.Equal(HttpStatusCode.NotFound, (await mallory.PostAsync(path + "?handler=Columns", new FormUrlEncodedContent([]))).StatusCode);

        string[] fields = ["EmployeeNo", "Name", "Email", "DepartmentCode", "DepartmentName", "HiredOn"];
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync(path, path + "?handler=Columns", [("sheet", ""), .. fields.Select(field => ("field", field))])).StatusCode);
        var shown = await pages.PageAsync(path);
        Assert.Contains("この内容で反映（追加1・変更0・退職0）", shown);
        Assert.Contains("髙﨑 花子", shown);

        // The next file with these heads needs no choice.
        var next = await UploadAsync(Encoding.UTF8.GetBytes(Foreign.Replace("0001", "0002")));
        Assert.Contains("この内容で反映（追加1・変更0・退職0）", await pages.PageAsync(next));
        Assert.Contains("読み取る項目", await pages.PageAsync(next + "?columns=edit"));
    }

    [Fact]
    public async Task A_workbook_with_several_sheets_offers_the_choice()
    {
        var book = await PeopleWorkbookTests.WriteAsync([("本社", [PeopleWorkbookTests.Row("0001")]), ("支社", [PeopleWorkbookTests.Row("0002"), PeopleWorkbookTests.Row("0003")])]);
        var path = await UploadAsync(book, "名簿.xlsx");
        Assert.Contains("この内容で反映（追加1・変更0・退職0）", await pages.PageAsync(path));
        await pages.PostFormAsync(path, path + "?handler=Columns", ("sheet", "支社"));
        Assert.Contains("この内容で反映（追加2・変更0・退職0）", await pages.PageAsync(path));
    }

    private async Task<string> UploadAsync(byte[] content, string name = "people.csv")
    {
        var token = Token().Match(await pages.GetStringAsync("/people/import")).Groups[1].Value;
        using var form = new MultipartFormDataContent { { new ByteArrayContent(content), "Upload", name }, { new StringContent(token), "__RequestVerificationToken" } };
        var response = await pages.PostAsync("/people/import", form);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return response.Headers.Location!.ToString();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
