using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>The room as its pages' tests find it: 24 November 2026, and requests made by the product's own use cases.</summary>
public sealed class Desk : IAsyncLifetime
{
    public TestApp App { get; } = new();

    public async Task InitializeAsync()
    {
        await App.InitializeAsync();
        await App.Database.SetClockAsync("2026-11-24 09:00");
    }

    private Task? arranged;

    /// <summary>What all tests of a class find; arranged by the first.</summary>
    public Task OnceAsync(Func<Task> arrange) => arranged ??= arrange();

    public Task DisposeAsync() => App.DisposeAsync();

    /// <summary>A request of Alice's that Bob reviews, quarterly from April, its collections open as far as the clock says.</summary>
    public async Task<long> RequestAsync(string title = "アクセス権棚卸し（顧客DB）", Cast.Member? owner = null, Cast.Member? reviewer = null, string startOn = "2026-04-01", PeriodKind every = PeriodKind.Quarter, string item = "iso27001-2022:A.5.18")
    {
        var id = await App.Get<SaveRequest>().AddAsync(Manager, new RequestInput(title, "利用者一覧に要否を記入したものを提出してください。", 20, [item, "pmark-jisq15001-2023:J.9.2"],
            (owner ?? Cast.Alice).EmployeeNo, (reviewer ?? Cast.Bob).EmployeeNo, every, 1, 10, OffsetUnit.BusinessDays, DateOnly.ParseExact(startOn, "yyyy-MM-dd"), null));
        await App.Get<OpenDueCollections>().RunAsync(CancellationToken.None);
        return id;
    }

    /// <summary>The collection of a request whose period begins on a day.</summary>
    public Task<long> CollectionAsync(long request, string periodFrom) =>
        App.Database.ScalarAsync<long>("select id from collections where request_id = @request and period_from = @from::date", new { request, from = periodFrom });

    /// <summary>What この内容をExcelで of a list gives: its sheets, the conditions first.</summary>
    public static async Task<System.Data.DataTableCollection> WorkbookAsync(HttpClient client, string page)
    {
        var href = WebUtility.HtmlDecode(Regex.Match(page, "href=\"([^\"]*handler=Excel[^\"]*)\"").Groups[1].Value);
        using var answer = await client.GetAsync(href);
        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", answer.Content.Headers.ContentType?.MediaType);
        var file = await answer.Content.ReadAsByteArrayAsync();
        Platform.Workbooks.Workbook.AssertValid(file);
        return Platform.Workbooks.Workbook.Read(file);
    }

    public static CurrentUser Manager => User(Cast.Manami, Role.ComplianceManager);

    public static CurrentUser User(Cast.Member member, params Role[] roles) => new()
    {
        AccountId = member.AccountId,
        PersonId = member.PersonId,
        EmployeeNo = member.EmployeeNo,
        SignIn = member.Mail,
        Name = member.Name,
        Language = member.Language,
        Roles = roles.Append(Role.Employee).ToHashSet(),
        RequestId = "test",
    };

    /// <summary>Hands a file in past the pages.</summary>
    public async Task<long> HandInAsync(long collection, Cast.Member by, string text, string? capturedOn = null, string name = "棚卸し.csv")
    {
        var blob = await App.Get<AuditTracker.Platform.Files.BlobStore>().SaveAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), 1 << 20, CancellationToken.None);
        var input = new HandInInput("", [], "", capturedOn is null ? null : DateOnly.ParseExact(capturedOn, "yyyy-MM-dd"), null, [new("file", name, "text/csv", blob)]);
        return (await App.Get<HandIn>().SubmitAsync(User(by, by == Cast.Manami ? Role.ComplianceManager : Role.ControlOwner), collection, input)).Id;
    }
}

/// <summary>What a browser without script does with a page.</summary>
internal static partial class Browsing
{
    public static async Task<string> PageAsync(this HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode}\n{Plain(text)}");
        return text;
    }

    /// <summary>Sends a form as it stands on the page, with these fields filled and this button pressed.</summary>
    public static async Task<HttpResponseMessage> SendAsync(this HttpClient client, string page, string action, params (string Name, string Value)[] fields)
    {
        var all = fields.Prepend(("__RequestVerificationToken", Token(page))).Select(field => KeyValuePair.Create(field.Item1, field.Item2));
        return await client.PostAsync(action, new FormUrlEncodedContent(all));
    }

    /// <summary>Hands files in through the page's own form: the token first, the files last.</summary>
    public static async Task<HttpResponseMessage> HandInAsync(this HttpClient client, string page, long collection, (string Name, string Text)[] files, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent("-----------------------------browser") { HeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        foreach (var (name, value) in fields.Append(("Input.Key", Hidden(page, "Input.Key"))).Prepend(("__RequestVerificationToken", Token(page))))
        {
            form.Add(new StringContent(value), $"\"{name}\"");
        }
        foreach (var (name, text) in files)
        {
            var part = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
            part.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"Input.File\"; filename=\"{name}\"");
            part.Headers.ContentType = MediaTypeHeaderValue.Parse("application/octet-stream");
            form.Add(part);
        }
        return await client.PostAsync($"/evidence/collections/{collection}/hand-in", form);
    }

    public static string Token(string page) => Hidden(page, "__RequestVerificationToken");

    public static string Hidden(string page, string name) => WebUtility.HtmlDecode(Regex.Match(page, $"name=\"{Regex.Escape(name)}\"[^>]*value=\"([^\"]*)\"").Groups[1].Value);

    /// <summary>The words of a page, without markup.</summary>
    public static string Plain(string page) => WebUtility.HtmlDecode(Blank().Replace(Markup().Replace(page, " "), " "));

    /// <summary>The words of the main part that are not marked as Japanese.</summary>
    public static string Unmarked(string page)
    {
        var main = page[page.IndexOf("<main", StringComparison.Ordinal)..page.IndexOf("</main>", StringComparison.Ordinal)];
        string before;
        do
        {
            before = main;
            main = MarkedJapanese().Replace(main, "");
        }
        while (main != before);
        return Plain(main);
    }

    public static bool HasJapanese(string text) => Japanese().IsMatch(text);

    [GeneratedRegex("<script.*?</script>|<[^>]*>", RegexOptions.Singleline)]
    private static partial Regex Markup();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();

    [GeneratedRegex("<(\\w+)[^>]*\\blang=\"ja\"[^>]*>[^<]*</\\1>|<input[^>]*>|<nav class=\"crumbs\".*?</nav>|<div class=\"print-head\".*?</div>", RegexOptions.Singleline)]
    private static partial Regex MarkedJapanese();

    [GeneratedRegex("[ぁ-んァ-ヶ一-龠（）、。「」]")]
    private static partial Regex Japanese();
}
