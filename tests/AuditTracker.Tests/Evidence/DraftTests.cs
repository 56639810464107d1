using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>What is sent and typed but not handed in yet.</summary>
public sealed class DraftTests(Desk desk) : IClassFixture<Desk>
{
    [Fact]
    public async Task A_refused_file_keeps_the_others_and_they_are_handed_in_without_sending_them_again()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("空のファイルが混ざる依頼"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        using var refused = await alice.HandInAsync(await alice.PageAsync($"/evidence/collections/{id}"), id, [("一覧.csv", "id"), ("空.csv", ""), ("道具.exe", "MZ")], ("Input.Note", "ひとこと"));
        var page = await refused.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("「空.csv」は空（0バイト）のため受け取れません。", page);
        Assert.Contains("ひとこと</textarea>", page);
        var draft = Regex.Match(page, "name=\"Input.Draft\" value=\"(\\d+)\"").Groups[1].Value;
        Assert.Single(Regex.Matches(page, "name=\"Input.Draft\""));

        using var done = await alice.HandInAsync(page, id, [], ("Input.Note", "ひとこと"), ("Input.Draft", draft));
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        Assert.Equal("一覧.csv", await desk.App.Database.ScalarAsync<string>("select e.file_name from evidence e join submissions s on s.id = e.submission_id where s.collection_id = @id", new { id }));
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from draft_files where collection_id = @id", new { id }));
        Assert.True(FileSignatures.IsProgramName("a.EXE"));
        Assert.False(FileSignatures.IsProgramName("a.exe.txt"));
    }

    [Fact]
    public async Task A_draft_waits_for_its_writer_only_and_its_file_is_not_swept()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("下書きする依頼"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        using (var saved = await SendAsync(alice, id, "Draft", ("途中.csv", "id,途中"), ("Input.Note", "あとで続ける"), ("Input.Link", "https://wiki.example.test/x"), ("Input.CapturedOn", "10/2")))
        {
            Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        }
        var again = await desk.App.PagesAsAsync(Cast.Alice);
        var page = await again.PageAsync($"/evidence/collections/{id}");
        Assert.Contains("途中.csv", page);
        Assert.Contains("あとで続ける</textarea>", page);
        Assert.Contains("value=\"10/2\"", page);
        foreach (var other in new[] { Cast.Hana, Cast.Manami, Cast.Carol })
        {
            Assert.DoesNotContain("途中.csv", await (await desk.App.PagesAsAsync(other)).PageAsync($"/evidence/collections/{id}"));
        }
        // Nobody hands in another one's draft.
        var draft = await desk.App.Database.ScalarAsync<long>("select id from draft_files where collection_id = @id", new { id });
        var manami = Desk.Manager;
        await Assert.ThrowsAsync<InvalidInput>(() => desk.App.Get<HandIn>().SubmitAsync(manami, id, new HandInInput("", [], "", null, null, []) { Drafts = [draft] }));

        var hash = await desk.App.Database.ScalarAsync<string>("select sha256 from draft_files where id = @draft", new { draft });
        var blob = Directory.GetFiles(Path.Combine(desk.App.Database.Installation.Settings.Data, "blobs"), hash, SearchOption.AllDirectories).Single();
        File.SetLastWriteTimeUtc(blob, DateTime.UtcNow.AddDays(-3));
        await desk.App.Get<SweepBlobs>().RunAsync(default);
        Assert.True(File.Exists(blob));
        await desk.App.Get<SweepDrafts>().RunAsync(default);
        Assert.Equal(1, await desk.App.Database.ScalarAsync<long>("select count(*) from draft_files where id = @draft", new { draft }));
        await desk.App.Database.ArrangeAsync("update draft_files set saved_at = now() - interval '31 days' where id = @draft; update drafts set saved_at = now() - interval '31 days' where collection_id = @id", new { draft, id });
        Assert.Equal(2, await desk.App.Get<SweepDrafts>().RunAsync(default));
        await desk.App.Get<SweepBlobs>().RunAsync(default);
        Assert.False(File.Exists(blob));
    }

    [Fact]
    public async Task The_script_sends_one_file_and_takes_it_out_again()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("1つずつ送る依頼"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        using var empty = await SendAsync(alice, id, "File", ("空.csv", ""));
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        Assert.Contains("空（0バイト）", (await empty.Content.ReadFromJsonAsync<JsonElement>()).Text("error"));
        using var taken = await SendAsync(alice, id, "File", ("a.csv", "abc"));
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        var file = await taken.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", file.Text("sha256"));
        using (var dropped = await SendAsync(alice, id, $"Drop&file={file.Id()}", null))
        {
            Assert.Equal(HttpStatusCode.NoContent, dropped.StatusCode);
        }
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from draft_files where collection_id = @id", new { id }));

        // Without the token nothing is taken; who may not hand in has no such door.
        var forged = new MultipartFormDataContent { { new ByteArrayContent([1]), "Input.File", "x.csv" } };
        Assert.Equal(HttpStatusCode.BadRequest, (await alice.PostAsync($"/evidence/collections/{id}/hand-in?handler=File", forged)).StatusCode);
        await desk.RequestAsync("森さんの依頼", Cast.Mallory, Cast.Manami);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(await desk.App.PagesAsAsync(Cast.Mallory), id, "File", ("a.csv", "abc"), tokenFrom: "/evidence/collections/" + await OwnAsync())).StatusCode);
    }

    private Task<long> OwnAsync() => desk.App.Database.ScalarAsync<long>("select max(id) from collections where assignee_id = @id and state = 'open'", new { id = Cast.Mallory.PersonId });

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, long id, string handler, (string Name, string Text)? file, params (string Name, string Value)[] fields) =>
        SendAsync(client, id, handler, file, $"/evidence/collections/{id}", fields);

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, long id, string handler, (string Name, string Text)? file, string tokenFrom, params (string Name, string Value)[] fields)
    {
        var page = await Browsing.PageAsync(client, tokenFrom);
        var form = new MultipartFormDataContent("-----------------------------browser") { HeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        foreach (var (name, value) in fields.Prepend(("__RequestVerificationToken", Browsing.Token(page))))
        {
            form.Add(new StringContent(value), $"\"{name}\"");
        }
        if (file is { } given)
        {
            var part = new ByteArrayContent(Encoding.UTF8.GetBytes(given.Text));
            part.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"Input.File\"; filename=\"{given.Name}\"");
            part.Headers.ContentType = MediaTypeHeaderValue.Parse("application/octet-stream");
            form.Add(part);
        }
        return await client.PostAsync($"/evidence/collections/{id}/hand-in?handler={handler}", form);
    }
}
