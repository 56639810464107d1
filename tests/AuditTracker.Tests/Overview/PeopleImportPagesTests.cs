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
        Assert.DoesNotContain("0名", page);
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

    [Fact]
    public async Task Lines_with_errors_leave_as_a_workbook_come_back_as_it_is_and_may_be_left_out()
    {
        await app.As(Cast.Manami).ImportAsync(ImportFiles.Lines(ImportFiles.Person("0002", name: "髙﨑 花子")), "?apply=true");
        var path = await UploadAsync(ImportFiles.Lines(
            ImportFiles.Person("0001"), ImportFiles.Person("0002", name: "改名", hired: "2026/13/1"), ImportFiles.Person("0003", manager: "0002"), ImportFiles.Person("0004", manager: "7777"), ImportFiles.Person("0005", manager: "0004"), "0006,少ない"));
        var page = await pages.PageAsync(path);
        Assert.Contains("誤りの行をExcelで", page);
        Assert.Contains("誤りの行を除いて反映する（4行）", page);
        Assert.Contains("この内容で反映（追加2・変更0・退職0）", page);
        Assert.Equal(HttpStatusCode.NotFound, (await (await app.PagesAsAsync(Cast.Mallory)).GetAsync(path + "/errors")).StatusCode);

        var book = await pages.GetByteArrayAsync(path + "/errors");
        var cells = Platform.Workbooks.Workbook.Read(book)[0];
        Assert.Equal(("社員番号", "誤りの理由"), (cells.Rows[0][0], cells.Rows[0][11]));
        Assert.Equal(["0002", "0004", "0005", "0006"], cells.Rows.Cast<System.Data.DataRow>().Skip(1).Select(row => row[0]));
        Assert.Contains("「2026/13/1」は日付ではありません", cells.Rows[1][11].ToString());
        var again = AuditTracker.People.PeopleFile.Read(book);
        Assert.Equal(["誤りの理由"], again.IgnoredColumns);
        Assert.Contains("0005", again.Rows.Select(row => row.EmployeeNo));

        (string, string)[] shown = [("Input.Added", "2"), ("Input.Changed", "0"), ("Input.Leaving", "0"), ("Input.Missing", "8"), ("Input.Unchanged", "0")];
        Assert.Equal(HttpStatusCode.Conflict, (await pages.PostFormAsync(path, null, shown)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync(path, null, [.. shown, ("Input.SkipErrors", "true")])).StatusCode);
        Assert.Equal(["0001", "0002", "0003"], await app.Database.ListAsync<string>("select employee_no from people where employee_no like '0%' order by 1"));
        Assert.Equal("髙﨑 花子", await app.Database.ScalarAsync<string>("select name from people where employee_no = '0002'"));
        Assert.Equal("0002", await app.Database.ScalarAsync<string>("select m.employee_no from managers g join people p on p.id = g.person_id join people m on m.id = g.manager_id where p.employee_no = '0003'"));
        Assert.Contains("除いた行", await pages.PageAsync(path));
    }

    [Fact]
    public async Task Leaving_out_lines_and_making_the_missing_leave_do_not_go_together()
    {
        var path = await UploadAsync(ImportFiles.Lines(ImportFiles.Person("0001"), ImportFiles.Person("0002", hired: "")));
        Assert.DoesNotContain("誤りの行を除いて反映する", await pages.PageAsync(path + "?Input.MissingLeave=true&Input.On=2026-11-30"));
        var api = app.As(Cast.Manami);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.ImportAsync(ImportFiles.Lines(ImportFiles.Person("0001")), "?apply=true&errors=skip&missing=leave&on=2026-11-30")).Status);
        var (status, answer) = await api.ImportAsync(ImportFiles.Lines(ImportFiles.Person("0001"), ImportFiles.Person("0002", hired: "")), "?apply=true&errors=skip");
        Assert.Equal((HttpStatusCode.OK, true, 1, 1), (status, answer!.Applied, answer.Added, answer.Errors.Length));
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
