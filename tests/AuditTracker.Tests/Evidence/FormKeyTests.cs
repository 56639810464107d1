using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>What is sent twice under one key: the same content once, other content not at all, and never in silence.</summary>
public sealed class FormKeyTests(Desk desk) : IClassFixture<Desk>
{
    private static readonly CurrentUser Alice = Desk.User(Cast.Alice, Role.ControlOwner);

    [Fact]
    public async Task A_form_sent_again_with_other_content_is_refused_and_keeps_what_was_typed_under_a_fresh_key()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("二度送られる依頼"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var page = await alice.PageAsync($"/evidence/collections/{id}");
        Assert.Equal(HttpStatusCode.Redirect, await SendAsync("一覧です", "利用者.csv", "id\n1"));
        Assert.Equal(HttpStatusCode.Redirect, await SendAsync(" 一覧です ", "利用者.csv", "id\n1")); // blanks around are nothing said
        Assert.Equal(1, await SubmissionsAsync());

        // Returned meanwhile, and somebody goes back to the form as the browser kept it.
        await desk.App.Get<ReviewCollection>().DecideAsync(Desk.User(Cast.Bob, Role.Reviewer), id, Decision.Return, "9月分がありません");
        using var changed = await alice.HandInAsync(page, id, [("利用者9月.csv", "id\n1\n2")], ("Input.Note", "9月分を足しました"));
        var again = await changed.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.Conflict, changed.StatusCode);
        Assert.Contains("今回の内容は受け付けていません", again);
        Assert.Contains("9月分を足しました", again);
        Assert.Contains("利用者9月.csv", again);
        Assert.NotEqual(Browsing.Hidden(page, "Input.Key"), Browsing.Hidden(again, "Input.Key"));
        Assert.Equal(1, await SubmissionsAsync());
        using var sent = await alice.HandInAsync(again, id, [], ("Input.Note", "9月分を足しました"), ("Input.Draft", Browsing.Hidden(again, "Input.Draft")));
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        Assert.Equal(2, await SubmissionsAsync());

        async Task<HttpStatusCode> SendAsync(string note, string name, string text)
        {
            using var answer = await alice.HandInAsync(page, id, [(name, text)], ("Input.Note", note));
            return answer.StatusCode;
        }

        Task<long> SubmissionsAsync() => desk.App.Database.ScalarAsync<long>("select count(*) from submissions where collection_id = @id", new { id });
    }

    [Theory]
    [InlineData("四半期の確認です", "a.txt", "2")]
    [InlineData("四半期の確認です", "b.txt", "1")]
    [InlineData("別の確認です", "a.txt", "1")]
    public async Task The_API_refuses_other_content_under_a_key_and_still_answers_the_first_result_to_the_first(string note, string name, string text)
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync($"キーの依頼 {note}{name}{text}"), "2026-07-01");
        var client = desk.App.As(Cast.Alice);
        client.DefaultRequestHeaders.Add("Idempotency-Key", "k1");
        var first = await (await SendAsync("四半期の確認です", "a.txt", "1")).Content.ReadAsStringAsync();
        using var other = await SendAsync(note, name, text);
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Equal("application/problem+json", other.Content.Headers.ContentType?.MediaType);
        Assert.Contains("同じキーで、違う内容", (await other.Content.ReadFromJsonAsync<JsonElement>()).Text("title"));
        using var same = await SendAsync("四半期の確認です", "a.txt", "1");
        Assert.Equal(HttpStatusCode.Created, same.StatusCode);
        Assert.Equal(first, await same.Content.ReadAsStringAsync());

        Task<HttpResponseMessage> SendAsync(string note, string name, string text) =>
            client.PostAsync($"/api/evidence/collections/{id}/submissions", new MultipartFormDataContent { { new StringContent(note), "note" }, { new StringContent(text), "file", name } });
    }

    [Fact]
    public async Task What_was_handed_in_before_prints_were_kept_is_answered_as_it_was()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("古いキーの依頼"), "2026-07-01");
        var first = await desk.App.Get<HandIn>().SubmitAsync(Alice, id, new("前", [], "なし", null, null, [], "old"));
        await desk.App.Database.ArrangeAsync("update submissions set form_print = null where id = @Id", first);
        Assert.Equal(first.Id, (await desk.App.Get<HandIn>().SubmitAsync(Alice, id, new("後", [], "あり", null, null, [], "old"))).Id);
    }

    [Fact]
    public async Task A_population_under_a_key_is_the_senders_own_and_of_one_content()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("母集団のキー"), "2026-07-01");
        var first = await TakeAsync(Alice, "変更申請", "番号\n1\n2\n");
        Assert.Equal(first, await TakeAsync(Alice, "変更申請", "番号\n1\n2\n"));
        Assert.Equal(FormKey.Used, (await Assert.ThrowsAsync<Refusal>(() => TakeAsync(Alice, "変更申請", "番号\n1\n2\n3\n"))).Key);
        Assert.Equal(FormKey.Used, (await Assert.ThrowsAsync<Refusal>(() => TakeAsync(Alice, "別の申請", "番号\n1\n2\n"))).Key);
        Assert.NotEqual(first, await TakeAsync(Desk.Manager, "別の申請", "番号\n3\n"));
        // Handed in meanwhile: a true repetition is still answered.
        await desk.HandInAsync(id, Cast.Alice, "一覧");
        Assert.Equal(first, await TakeAsync(Alice, "変更申請", "番号\n1\n2\n"));
        await Assert.ThrowsAsync<NotFound>(() => TakeAsync(Desk.User(Cast.Carol, Role.InternalAuditor), "変更申請", "番号\n1\n2\n"));

        async Task<long> TakeAsync(CurrentUser user, string name, string rows) => await desk.App.Get<TakePopulation>().RunAsync(user, id, new("1", name, "upload", "チケット管理", "件数と一致", new(2026, 10, 1)),
            new("file", "変更.csv", "text/csv", await desk.App.Get<BlobStore>().SaveAsync(new MemoryStream(Encoding.UTF8.GetBytes(rows)), 1 << 20, default)));
    }

    [Fact]
    public async Task The_form_of_a_population_says_so_and_takes_it_at_the_next_press()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("母集団の画面のキー"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var page = await alice.PageAsync($"/evidence/collections/{id}/samples");
        Assert.Equal(HttpStatusCode.Redirect, (await SendAsync(page, "変更申請")).StatusCode);
        using var other = await SendAsync(page, "入退室の記録");
        var again = await other.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Contains("入退室の記録", again);
        Assert.Equal(HttpStatusCode.Redirect, (await SendAsync(again, "入退室の記録")).StatusCode);
        Assert.Equal(2, await desk.App.Database.ScalarAsync<long>("select count(*) from samples where collection_id = @id", new { id }));

        Task<HttpResponseMessage> SendAsync(string shown, string name)
        {
            var form = new MultipartFormDataContent("-----------------------------browser") { HeaderEncodingSelector = (_, _) => Encoding.UTF8 };
            foreach (var (field, value) in new[] { ("__RequestVerificationToken", Browsing.Token(shown)), ("Input.Key", Browsing.Hidden(shown, "Input.Key")), ("Input.Name", name), ("Input.Source", "upload"), ("Input.AsOf", "2026/10/1"), ("Input.Origin", "チケット管理"), ("Input.Completeness", "件数と一致") })
            {
                form.Add(new StringContent(value), $"\"{field}\"");
            }
            var part = new ByteArrayContent("番号\n1\n"u8.ToArray());
            part.Headers.TryAddWithoutValidation("Content-Disposition", "form-data; name=\"Input.File\"; filename=\"変更.csv\"");
            form.Add(part);
            return alice.PostAsync($"/evidence/collections/{id}/samples", form);
        }
    }
}
