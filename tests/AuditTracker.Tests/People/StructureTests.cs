using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AuditTracker.Overview;
using AuditTracker.People;
using AuditTracker.Platform.Database;
using AuditTracker.Tests.Support;
using static AuditTracker.Tests.People.ImportFiles;

namespace AuditTracker.Tests.People;

public sealed partial class StructureTests : IAsyncLifetime
{
    private const string Versions = """
        select v.from_on || '～' || coalesce(v.to_on::text, '') || ' ' || v.name || ' ' || coalesce(u.code, '-') || ' ' || coalesce(h.employee_no, '-') from department_versions v join departments d on d.id = v.department_id
        left join departments u on u.id = v.parent_id left join people h on h.id = v.head_id where d.code = @code order by v.from_on
        """;

    private TestApp app = null!;
    private HttpClient pages = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await app.Database.SetClockAsync("2026-11-24T09:00:00");
        pages = await app.PagesAsAsync(Cast.Manami);
        await app.As(Cast.Manami).ImportAsync(Lines(Person("0001", name: "髙橋 由美子", title: "部長"), Person("0002"), Person("0003", left: "2026/12/31")), "?apply=true&effective=2026-04-01");
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_file_of_departments_gives_names_parents_and_heads_by_date()
    {
        var path = await UploadAsync("部門コード,部門名,上位部門コード,部門長社員番号,適用日\nD700,開発部,D900,0001,2026/4/1\nD710,第一課,D700,0002,2026/4/1\nD900,技術本部,,0001,R8.4.1\nD710,第一課,D700,0001,2026/12/1\n");
        var page = await pages.PageAsync(path);
        Assert.Contains("変更（4件）", page);
        Assert.Contains("0001 髙橋 由美子", page);
        Assert.Equal(HttpStatusCode.NotFound, (await (await app.PagesAsAsync(Cast.Mallory)).GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync(path, null, ("Effective", "2026-11-24"))).StatusCode);

        Assert.Equal(["2020-04-01～2026-03-31 開発部 - -", "2026-04-01～ 開発部 D900 0001"], await VersionsAsync("D700"));
        Assert.Equal(["2026-04-01～2026-11-30 第一課 D700 0002", "2026-12-01～ 第一課 D700 0001"], await VersionsAsync("D710"));
        // The same head of two departments, on the page of a day.
        var before = await pages.PageAsync("/people/departments?on=2026-11-30");
        var after = await pages.PageAsync("/people/departments?on=2026-12-01");
        Assert.Equal((2, 3), (Regex.Count(before, "href=\"/people/0001\""), Regex.Count(after, "href=\"/people/0001\"")));
        Assert.Contains("配下を含め3名", before);
        Assert.Equal("D900", (await app.As(Cast.Manami).AllAsync<DepartmentAnswer>("/api/departments")).Single(department => department.Code == "D700").Parent);
        // Once more changes nothing.
        Assert.Contains("変わるものはありません", await pages.PageAsync(await UploadAsync("code,name,parent,head,valid_from\nD900,技術本部,,0001,2026-04-01\n")));
    }

    [Theory]
    [InlineData("部門コード,部門名\nD990,\n", "新しい部門「D990」に部門名がありません")]
    [InlineData("部門コード,上位部門コード\nD700,D999\n", "部門コード「D999」の部門はありません")]
    [InlineData("部門コード,上位部門コード\nD700,D1\nD1,D700\n", "上位部門の指定が一巡しています")]
    [InlineData("部門コード,部門長社員番号,適用日\nD700,0003,2027/1/1\n", "社員番号「0003」の人は、2027/1/1に在籍していません")]
    [InlineData("部門コード,適用日\nD700,2026/13/1\n", "「2026/13/1」は日付ではありません")]
    [InlineData("社員番号,部門コード,開始日\n0002,D700,2026/4/1\n", "すでに部門「D700」に所属しています")]
    [InlineData("社員番号,部門コード,開始日,終了日\n0002,D1,2026/4/2,2026/4/1\n", "終了日2026/4/1が開始日2026/4/2より前です")]
    [InlineData("社員番号,部門コード,開始日\n7777,D1,2026/4/1\n", "社員番号「7777」の人はいません")]
    [InlineData("社員番号,部門コード,開始日\n0003,D1,2027/4/1\n", "在籍していません")]
    [InlineData("社員番号,部門コード,開始日\n0002,,\n", "「部門コード」に値がありません")]
    [InlineData("部門名,適用日\n営業部,2026/4/1\n", "この列がありません。見出しに「部門コード」")]
    public async Task What_cannot_be_taken_is_said_with_its_line_and_nothing_is_applied(string file, string message)
    {
        var path = await UploadAsync(file);
        Assert.Contains(message, await pages.PageAsync(path));
        var before = await app.Database.ScalarAsync<long>("select count(*) from department_versions") + await app.Database.ScalarAsync<long>("select count(*) from posts");
        Assert.Equal(HttpStatusCode.Conflict, (await pages.PostFormAsync(path, null, ("Effective", ""))).StatusCode);
        Assert.Equal(before, await app.Database.ScalarAsync<long>("select count(*) from department_versions") + await app.Database.ScalarAsync<long>("select count(*) from posts"));
    }

    [Fact]
    public async Task Concurrent_posts_stand_beside_the_primary_one_on_their_days_and_end_with_the_last_day()
    {
        var path = await UploadAsync("社員番号,兼務部門コード,兼務役職,開始日,終了日\n0002,D1,部長代理,2026/10/1,2026/12/31\n0003,D2,,2026/10/1,\n");
        await pages.PostFormAsync(path, null, ("Effective", ""));
        Assert.Equal(
            ["0002 D1 部長代理 2026-10-01～2026-12-31", "0003 D2  2026-10-01～2026-12-31"],
            await app.Database.ListAsync<string>("select p.employee_no || ' ' || d.code || ' ' || o.title || ' ' || o.from_on || '～' || o.to_on from posts o join people p on p.id = o.person_id join departments d on d.id = o.department_id where not o.is_primary order by 1"));
        // The same post with another end is changed, not doubled.
        await pages.PostFormAsync(await UploadAsync("社員番号,兼務部門コード,兼務役職,開始日,終了日\n0002,D1,部長代理,2026/10/1,2026/11/30\n"), null, ("Effective", ""));
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from posts o join people p on p.id = o.person_id where p.employee_no = '0002' and not o.is_primary and o.to_on = '2026-11-30'"));
    }

    [Fact]
    public async Task A_department_is_changed_from_a_day_on_without_a_file()
    {
        const string Page = "/people/departments";
        Assert.Contains("value=\"0002\" id=\"Input_Head-0\" checked", await (await pages.PostFormAsync(Page, null, ("do", "find"), ("Input.Code", "D700"), ("Input.HeadSearch", "0002"))).TextAsync());
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync(Page, null, ("do", "save"), ("Input.Code", "D700"), ("Input.Name", "新開発部"), ("Input.Head", "0002"), ("Input.From", "2026/12/1"))).StatusCode);
        Assert.Matches("name=\"Input.Name\"[^>]*value=\"開発部\"", await pages.PageAsync(Page + "?change=D700"));
        Assert.Equal("2026-12-01～ 新開発部 - 0002", (await VersionsAsync("D700"))[^1]);
        var refused = await pages.PostFormAsync(Page, null, ("Input.Code", "D700"), ("Input.Head", "7777"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("7777", await refused.TextAsync());
        Assert.DoesNotContain("Input.Code", await (await app.PagesAsAsync(Cast.Tom)).PageAsync(Page));
        await Assert.ThrowsAsync<AuditTracker.Platform.NotFound>(() => app.Get<ImportStructure>().ChangeDepartmentAsync(new() { AccountId = 9, SignIn = "x", Name = "x", Language = "ja", Roles = new HashSet<AuditTracker.Platform.Security.Role>(), RequestId = "x" }, new(1, "D700", "x", null, null, null)));
    }

    [Fact]
    public async Task A_department_is_closed_from_a_day_once_nobody_and_nothing_is_left_in_it_and_stays_as_it_was_before()
    {
        await pages.PostFormAsync(await UploadAsync("部門コード,部門名,上位部門コード,部門長社員番号,適用日\nD800,旧企画部,,0001,2026/4/1\nD810,旧企画一課,D800,,2026/4/1\n"), null, ("Effective", "2026-11-24"));
        await pages.PostFormAsync(await UploadAsync("社員番号,兼務部門コード,兼務役職,開始日,終了日\n0002,D800,主任,2026/10/1,\n"), null, ("Effective", ""));
        const string Close = "/people/departments/D800/close?on=";
        var barred = await pages.PageAsync(Close + "2026-12-01");
        Assert.Contains("配下の部門（1件）", barred);
        Assert.Contains("旧企画一課", barred);
        Assert.DoesNotContain("class=\"danger\"", barred);
        Assert.Equal(HttpStatusCode.Conflict, (await pages.PostFormAsync("/people/departments", Close + "2026-12-01")).StatusCode);
        // Who works there has to be moved first; a change that is already known, too.
        Assert.Contains("この日以後も所属している人（3件）", await pages.PageAsync("/people/departments/D700/close"));
        Assert.Contains("2026/4/1", await pages.PageAsync(Close + "2026-04-01"));
        Assert.Contains("「2026/13/1」は日付ではありません", await pages.PageAsync(Close + "2026/13/1"));

        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync("/people/departments", "/people/departments/D810/close?on=2026-12-01")).StatusCode);
        var free = await pages.PageAsync(Close + "2026-12-01");
        Assert.Contains("前日で終わる兼務（1件）", free);
        Assert.Contains("部門長は前日までです", free);
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync("/people/departments", Close + "2026-12-01")).StatusCode);

        Assert.Equal(["2026-04-01～2026-11-30 旧企画部 - 0001"], await VersionsAsync("D800"));
        Assert.Equal("2026-11-30", await app.Database.ScalarAsync<string>("select to_on::text from posts where not is_primary"));
        Assert.Contains("旧企画部", await pages.PageAsync("/people/departments?on=2026-11-30"));
        var after = await pages.PageAsync("/people/departments?on=2026-12-01");
        Assert.Contains("廃止した部門（2件）", after);
        Assert.Equal(2, await app.Database.ScalarAsync<long>("select count(*) from trail.entries where kind = 'act' and what = 'department.closed'"));
        Assert.Equal(HttpStatusCode.NotFound, (await pages.GetAsync(Close + "2026-12-01")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await (await app.PagesAsAsync(Cast.Tom)).GetAsync(Close + "2026-11-30")).StatusCode);
        // Opened again by its code; the gap stays a gap.
        await pages.PostFormAsync("/people/departments", null, ("do", "save"), ("Input.Code", "D800"), ("Input.From", "2027/1/1"));
        Assert.Equal(["2026-04-01～2026-11-30 旧企画部 - 0001", "2027-01-01～ 旧企画部 - -"], await VersionsAsync("D800"));
    }

    [Fact]
    public async Task Departments_a_file_does_not_name_are_closed_only_when_ticked_and_only_where_nothing_stands_in_the_way()
    {
        await pages.PostFormAsync(await UploadAsync("部門コード,部門名,上位部門コード,適用日\nD800,旧企画部,,2026/4/1\nD810,旧企画一課,D800,2026/4/1\nD900,技術本部,,2026/4/1\nD910,研究室,D900,2026/4/1\n"), null, ("Effective", "2026-11-24"));
        const string File = "部門コード,部門名,上位部門コード\nD910,研究室,D900\n";
        var path = await UploadAsync(File);
        var page = await pages.PageAsync(path + "?Effective=2026-12-01");
        Assert.Contains("適用日から廃止する（廃止できる", page);
        Assert.Matches("D700 開発部</th>\\s*<td[^>]*>残ります <span class=\"meta\">所属3件", page);
        Assert.Matches("D900 技術本部</th>\\s*<td[^>]*>残ります <span class=\"meta\">配下の部門1件", page);
        Assert.Matches("D810 旧企画一課</th>\\s*<td[^>]*>廃止できます", page);
        await pages.PostFormAsync(path, null, ("Effective", "2026-12-01"));
        Assert.Equal(["2026-04-01～ 旧企画部 - -"], await VersionsAsync("D800"));

        await pages.PostFormAsync(await UploadAsync(File), null, ("Effective", "2026-12-01"), ("CloseMissing", "true"));
        Assert.Equal(["2026-04-01～2026-11-30 旧企画部 - -"], await VersionsAsync("D800"));
        Assert.Equal(["2026-04-01～2026-11-30 旧企画一課 D800 -"], await VersionsAsync("D810"));
        Assert.Equal(["2026-04-01～ 技術本部 - -"], await VersionsAsync("D900"));
        Assert.EndsWith("～ 開発部 - 0001", (await VersionsAsync("D700"))[^1]);
    }

    [Fact]
    public void The_tree_puts_departments_below_their_parents_and_counts_what_is_below()
    {
        static DepartmentEntry Of(string code, string? parent, long people) => new(code, code, null, null, parent, people);
        var tree = DepartmentNode.Tree([Of("A", null, 1), Of("B", "A", 2), Of("C", "B", 3), Of("D", null, 4), Of("X", "Y", 5), Of("Y", "X", 6)]);
        Assert.Equal(["A0:6", "B1:5", "C2:3", "D0:4", "X0:11", "Y1:6"], tree.Select(node => $"{node.Department.Code}{node.Depth}:{node.Total}"));
    }

    private async Task<List<string>> VersionsAsync(string code) => [.. await app.Database.ListAsync<string>(Versions, new { code })];

    private async Task<string> UploadAsync(string content)
    {
        var token = Token().Match(await pages.GetStringAsync("/people/structure")).Groups[1].Value;
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "Upload", "部門.csv" }, { new StringContent(token), "__RequestVerificationToken" } };
        var response = await pages.PostAsync("/people/structure", form);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return response.Headers.Location!.ToString();
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
