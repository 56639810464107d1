using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AuditTracker.People;

namespace AuditTracker.Tests.People;

/// <summary>Sends HR exports to the API as a client would.</summary>
public static class ImportFiles
{
    public const string Header = "社員番号,氏名,氏名カナ,メールアドレス,部署コード,部署名,役職,雇用区分,入社日,退職日,上長社員番号";

    public static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "samples", name));

    public static byte[] Lines(params string[] lines) => Encoding.UTF8.GetBytes(Header + "\n" + string.Join('\n', lines));

    public static string Person(
        string number, string name = "山田 花子", string kana = "ヤマダ ハナコ", string? mail = null, string code = "D700", string department = "開発部", string title = "",
        string hired = "2020/4/1", string left = "", string manager = "") =>
        $"{number},{name},{kana},{mail ?? number + "@hibari-net.example"},{code},{department},{title},正社員,{hired},{left},{manager}";

    public static async Task<(HttpStatusCode Status, ImportAnswer? Answer)> ImportAsync(this HttpClient client, byte[] content, string query = "", string fileName = "people.csv")
    {
        using var form = new MultipartFormDataContent();
        var part = new ByteArrayContent(content);
        part.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        form.Add(part, "file", fileName);
        var response = await client.PostAsync("/api/people/import" + query, form);
        return (response.StatusCode, response.StatusCode is HttpStatusCode.OK or HttpStatusCode.UnprocessableEntity ? await response.Content.ReadFromJsonAsync<ImportAnswer>() : null);
    }

    /// <summary>Everything of a list, page by page.</summary>
    public static async Task<List<T>> AllAsync<T>(this HttpClient client, string path, int limit = 50)
    {
        List<T> all = [];
        string? after = null;
        do
        {
            var page = await client.GetFromJsonAsync<AuditTracker.Platform.Web.WirePage<T>>($"{path}{(path.Contains('?') ? '&' : '?')}limit={limit}&after={after}", JsonSerializerOptions.Web);
            all.AddRange(page!.Items);
            after = page.After;
        }
        while (after is not null);
        return all;
    }
}
