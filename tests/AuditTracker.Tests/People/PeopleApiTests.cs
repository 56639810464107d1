using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AuditTracker.People;
using AuditTracker.Tests.Support;
using static AuditTracker.Tests.People.ImportFiles;

namespace AuditTracker.Tests.People;

public sealed class PeopleApiTests(TestApp app) : IClassFixture<TestApp>
{
    public static TheoryData<byte[], int, string, string> BadFiles => new()
    {
        { Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(Header)).ToArray(), 1, "", "1行目：文字コードがUTF-16です" },
        { Encoding.UTF8.GetBytes(Header.Replace(",メールアドレス", "") + "\n"), 1, "email", "1行目 メールアドレス：この列がありません" },
        { Lines(Person("0001"), Person("0002", mail: "z@x.example"), Person("0001", mail: "y@x.example")), 2, "employeeNo", "2行目 社員番号：「0001」は4行目にもあります" },
        { Lines(Person("0001", manager: "0002"), Person("0002", manager: "0001")), 2, "managerNo", "2行目 上長社員番号：上長の指定が一巡しています（0001 → 0002 → 0001）" },
        { Lines(Person("0001"), Person("0002", hired: "2026/2/30")), 3, "hiredOn", "3行目 入社日：「2026/2/30」は日付ではありません" },
        { Lines(Person("0001", manager: "777")), 2, "managerNo", "2行目 上長社員番号：社員番号「777」の上長は" },
        { Lines(Person("0001", mail: "alice@example.test")), 2, "email", "2行目 メールアドレス：「alice@example.test」は社員番号900001の人が使っています" },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public async Task A_bad_file_names_line_and_column_and_changes_nothing(byte[] file, int line, string field, string message)
    {
        var before = await app.Database.ScalarAsync<long>("select count(*) from trail.entries");
        foreach (var (query, expected) in new[] { ("", HttpStatusCode.OK), ("?apply=true", HttpStatusCode.UnprocessableEntity) })
        {
            var (status, answer) = await app.As(Cast.Manami).ImportAsync(file, query);
            Assert.Equal((expected, false), (status, answer!.Applied));
            Assert.Equal((line, field), (answer.Errors[0].Line, answer.Errors[0].Field));
            Assert.StartsWith(message, answer.Errors[0].Message);
        }

        Assert.Equal(before, await app.Database.ScalarAsync<long>("select count(*) from trail.entries"));
    }

    [Fact]
    public async Task Errors_are_told_in_English_to_who_reads_English()
    {
        var client = app.As(Cast.Manami);
        client.DefaultRequestHeaders.AcceptLanguage.Clear();
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        await app.Database.ArrangeAsync("update accounts set language = 'en' where id = @AccountId", new { Cast.Manami.AccountId });
        var (_, answer) = await client.ImportAsync(Lines(Person("0002", hired: "2026/13/1")));
        await app.Database.ArrangeAsync("update accounts set language = 'ja' where id = @AccountId", new { Cast.Manami.AccountId });
        Assert.Equal("Line 2, hire date: \"2026/13/1\" is not a date. Fix this line and import again.", Assert.Single(answer!.Errors).Message);
    }

    [Theory]
    [InlineData("?effective=1.4.2026", "effective")]
    [InlineData("?missing=delete", "missing")]
    [InlineData("?missing=leave", "on")]
    [InlineData("?missing=leave&on=2026-02-30", "on")]
    [InlineData("?apply=perhaps", "apply")]
    [InlineData("?many=all", "many")]
    public async Task What_cannot_be_taken_is_named_at_its_field(string query, string field)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Lines(Person("0001"))), "file", "people.csv" } };
        var response = await app.As(Cast.Manami).PostAsync("/api/people/import" + query, form);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.NotEmpty((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetProperty(field)[0].GetString()!);
    }

    [Fact]
    public async Task Without_a_file_it_says_so()
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await app.As(Cast.Manami).PostAsync("/api/people/import", null)).StatusCode);
        using var form = new MultipartFormDataContent { { new StringContent("x"), "other" } };
        Assert.Equal(HttpStatusCode.BadRequest, (await app.As(Cast.Manami).PostAsync("/api/people/import", form)).StatusCode);
    }

    [Fact]
    public async Task Only_compliance_managers_import()
    {
        foreach (var member in Cast.All.Where(member => member != Cast.Manami))
        {
            Assert.Equal(HttpStatusCode.NotFound, (await app.As(member).ImportAsync(Lines(Person("0001")), "?apply=true")).Status);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Anonymous().ImportAsync(Lines(Person("0001")), "?apply=true")).Status);
    }

    [Fact]
    public async Task Everybody_sees_whom_their_role_may_see()
    {
        string[] everybody = [.. Cast.All.Select(member => member.EmployeeNo)];
        Assert.Equal(everybody, await SeenAsync(Cast.Manami));
        Assert.Equal(everybody, await SeenAsync(Cast.Carol));
        Assert.Equal(everybody, await SeenAsync(Cast.Tom));
        Assert.Equal(everybody, await SeenAsync(Cast.Adam));
        Assert.Equal([Cast.Alice.EmployeeNo, Cast.Hana.EmployeeNo], await SeenAsync(Cast.Hana));
        Assert.Equal([Cast.Alice.EmployeeNo], await SeenAsync(Cast.Alice));
        Assert.Equal([Cast.Bob.EmployeeNo], await SeenAsync(Cast.Bob));
        Assert.Equal([Cast.Mallory.EmployeeNo], await SeenAsync(Cast.Mallory));
        Assert.Equal([], (await app.As(Cast.Mallory).AllAsync<PersonEntry>("/api/people?q=Carol")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Anonymous().GetAsync("/api/people")).StatusCode);
    }

    [Fact]
    public async Task Administrators_see_names_and_addresses_but_not_the_rest()
    {
        var alice = (await app.As(Cast.Adam).AllAsync<PersonEntry>("/api/people")).Single(person => person.EmployeeNo == Cast.Alice.EmployeeNo);
        Assert.Equal((Cast.Alice.Name, Cast.Alice.Mail, "第一部"), (alice.Name, alice.Email, alice.Department!.Name));
        Assert.Equal((null, null, null, null, 0), (alice.Title, alice.EmploymentType, alice.HiredOn, alice.Manager, alice.Posts.Length));
        Assert.Equal(Cast.Hana.EmployeeNo, (await app.As(Cast.Alice).AllAsync<PersonEntry>("/api/people")).Single().Manager);
    }

    [Fact]
    public async Task Departments_are_shown_to_those_who_see_everybody_and_ones_own_to_the_others()
    {
        Assert.Equal([new("D1", "第一部", Cast.Hana.EmployeeNo, null), new("D2", "第二部", null, null)], await app.As(Cast.Carol).AllAsync<DepartmentAnswer>("/api/departments", 1));
        Assert.Equal(["D1"], (await app.As(Cast.Alice).AllAsync<DepartmentAnswer>("/api/departments")).Select(department => department.Code));
        Assert.Equal(["D2"], (await app.As(Cast.Mallory).AllAsync<DepartmentAnswer>("/api/departments")).Select(department => department.Code));
    }

    [Fact]
    public async Task A_list_is_read_page_by_page()
    {
        var page = await app.As(Cast.Manami).GetFromJsonAsync<AuditTracker.Platform.Web.WirePage<PersonEntry>>("/api/people?limit=3", JsonSerializerOptions.Web);
        Assert.Equal(3, page!.Items.Count);
        Assert.Equal(8, (await app.As(Cast.Manami).AllAsync<PersonEntry>("/api/people", 3)).DistinctBy(person => person.Id).Count());
    }

    private async Task<string[]> SeenAsync(Cast.Member member) => [.. (await app.As(member).AllAsync<PersonEntry>("/api/people")).Select(person => person.EmployeeNo)];
}
