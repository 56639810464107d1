using System.Net.Http.Json;
using System.Text.Json;
using AuditTracker.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>The main job's beginnings, over the API: a quarterly request of Alice's that Bob reviews.</summary>
internal static class Scene
{
    public static object Request(string every = "quarter", string startOn = "2026-07-01", int due = 10, string unit = "businessDays", string title = "アクセス権棚卸し", string item = "iso27001-2022:A.5.18") => new
    {
        title,
        guidance = "期末の利用者一覧",
        items = new[] { item, "pmark-jisq15001-2023:J.9.2" },
        owner = Cast.Alice.EmployeeNo,
        reviewer = Cast.Bob.EmployeeNo,
        recurrence = new { every },
        opens = new { offset = 1, unit = "days" },
        due = new { offset = due, unit },
        startOn,
        endOn = (string?)null,
    };

    public static async Task<long> AddRequestAsync(this TestApp app, object? request = null)
    {
        var answer = await app.As(Cast.Manami).PostAsJsonAsync("/api/evidence/requests", request ?? Request());
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<WireId>())!.Id;
    }

    /// <summary>Sets the clock and opens what is due, as the worker would.</summary>
    public static async Task OpenAsync(this TestApp app, string at = "2026-10-05T09:00:00")
    {
        await app.Database.SetClockAsync(at);
        await app.Get<OpenDueCollections>().RunAsync(default);
    }

    public static async Task<JsonElement> CollectionAsync(this TestApp app, long request, string from = "2026-07-01")
    {
        var page = await app.As(Cast.Manami).GetFromJsonAsync<JsonElement>($"/api/evidence/collections?request={request}&limit=200");
        return page.GetProperty("items").EnumerateArray().Single(item => item.GetProperty("period").GetProperty("from").GetString() == from);
    }

    public static MultipartFormDataContent Files(params (string Name, string Content)[] files)
    {
        var form = new MultipartFormDataContent { { new StringContent("四半期の確認です"), "note" } };
        foreach (var (name, content) in files)
        {
            form.Add(new StringContent(content), "file", name);
        }
        return form;
    }

    public static Task<HttpResponseMessage> SubmitAsync(this TestApp app, Cast.Member who, long collection, params (string Name, string Content)[] files) =>
        app.As(who).PostAsync($"/api/evidence/collections/{collection}/submissions", Files(files.Length == 0 ? [("一覧.csv", "id,name")] : files));

    public static Task<HttpResponseMessage> DecideAsync(this TestApp app, Cast.Member who, long collection, string decision, string? comment = null) =>
        app.As(who).PostAsJsonAsync($"/api/evidence/collections/{collection}/reviews", new { decision, comment });

    public static long Id(this JsonElement element) => element.GetProperty("id").GetInt64();

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
