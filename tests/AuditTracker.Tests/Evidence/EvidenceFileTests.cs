using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AuditTracker.Tests.Platform.Files;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Content is held against the extension at every entrance, and what can be taken is kept.</summary>
public sealed class EvidenceFileTests(Desk desk) : IClassFixture<Desk>
{
    internal static MultipartFormDataContent Form(params (string Name, byte[] Bytes)[] files)
    {
        var form = new MultipartFormDataContent { { new StringContent("ひとこと"), "note" } };
        foreach (var (name, bytes) in files)
        {
            form.Add(new ByteArrayContent(bytes), "file", name);
        }
        return form;
    }

    [Fact]
    public async Task The_API_refuses_a_disguised_program_and_keeps_the_other_files()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("変装した依頼"), "2026-07-01");
        var alice = desk.App.As(Cast.Alice);
        using var refused = await alice.PostAsync($"/api/evidence/collections/{id}/submissions", Form(("一覧.csv", "id"u8.ToArray()), ("報告.pdf", FileLookTests.Program()), ("台帳.xlsx", FileLookTests.Office("xl", ("xl/vbaProject.bin", [1])))));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var said = Regex.Unescape(await refused.Content.ReadAsStringAsync());
        Assert.Contains("「報告.pdf」の中身はプログラムのため受け取れません", said);
        Assert.Contains("「台帳.xlsx」はマクロを含むため受け取れません", said);
        var draft = await desk.App.Database.ScalarAsync<long>("select id from draft_files where collection_id = @id", new { id });
        Assert.Contains($"draftに{draft}を指定", said);
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from submissions where collection_id = @id", new { id }));

        var whole = new MultipartFormDataContent { { new StringContent($"{draft}"), "draft" } };
        whole.Add(new ByteArrayContent(FileLookTests.Office("xl")), "file", "台帳.xlsx");
        using var done = await alice.PostAsync($"/api/evidence/collections/{id}/submissions", whole);
        Assert.Equal(HttpStatusCode.Created, done.StatusCode);
        Assert.Equal(2, (await done.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("evidence").GetArrayLength());
    }

    [Fact]
    public async Task The_page_says_what_to_do_in_the_readers_language()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("頁の依頼"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        using var refused = await alice.HandInAsync(await alice.PageAsync($"/evidence/collections/{id}"), id, [("一覧.csv", "id"), ("報告.pdf", "<html>")], ("Input.Note", "ひとこと"));
        var page = WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("「報告.pdf」の中身は .pdf の形式ではないため受け取れません", page);
        Assert.Contains("一覧.csv", page);
        Assert.Equal(1, await desk.App.Database.ScalarAsync<long>("select count(*) from draft_files where collection_id = @id", new { id }));

        var english = desk.App.As(Cast.Alice);
        english.DefaultRequestHeaders.AcceptLanguage.Clear();
        english.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        using var told = await english.PostAsync($"/api/evidence/collections/{id}/submissions", Form(("report.pdf", "<html>"u8.ToArray())));
        Assert.Equal(HttpStatusCode.BadRequest, told.StatusCode);
        Assert.Contains("report.pdf", await told.Content.ReadAsStringAsync());
        Assert.Equal(1, await desk.App.Database.ScalarAsync<long>("select count(*) from draft_files where collection_id = @id", new { id }));
    }

    [Fact]
    public async Task Past_evidence_with_a_program_in_it_names_the_line_and_brings_in_the_others()
    {
        await desk.RequestAsync("過去の依頼", startOn: "2026-04-01");
        var sheet = "依頼,対象期間,取得日,ファイル\r\n過去の依頼,2026年度第1四半期,2026/7/2,a.csv\r\n過去の依頼,2026年度第2四半期,2026/10/2,b.pdf\r\n";
        var zip = FileLookTests.Zip(("一覧.csv", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(sheet)]), ("a.csv", "id"u8.ToArray()), ("b.pdf", FileLookTests.Program()));
        var form = new MultipartFormDataContent { { new ByteArrayContent(zip) { Headers = { ContentType = new MediaTypeHeaderValue("application/zip") } }, "file", "past.zip" } };
        using var answer = await desk.App.As(Cast.Manami).PostAsync("/api/evidence/past", form);
        var found = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, found);
        Assert.True(Regex.Unescape(found).Contains("「b.pdf」の中身はプログラムのため受け取れません", StringComparison.Ordinal), Regex.Unescape(found));
        Assert.DoesNotContain("「a.csv」", Regex.Unescape(found));
        Assert.Equal(1, JsonDocument.Parse(found).RootElement.GetProperty("wrong").GetInt64());
    }
}
