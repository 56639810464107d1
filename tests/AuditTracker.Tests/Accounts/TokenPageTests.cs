using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Accounts;

public sealed class TokenPageTests(TestApp app) : IClassFixture<TestApp>
{
    private async Task<HttpStatusCode> UseAsync(string secret)
    {
        var client = app.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return (await client.GetAsync("/api/me")).StatusCode;
    }

    [Fact]
    public async Task A_token_is_shown_once_works_and_is_revoked()
    {
        var alice = await app.PagesAsAsync(Cast.Alice);
        var made = await alice.PostFormAsync("/tokens", null, ("Input.Name", "人事連携"), ("Input.Days", "30"));
        var secret = Regex.Match(await made.TextAsync(), "at_[A-Za-z0-9_-]{43}").Value;
        Assert.Equal(HttpStatusCode.OK, await UseAsync(secret));
        var later = await alice.PageAsync("/tokens");
        Assert.Contains("人事連携", later);
        Assert.DoesNotContain(secret, later);
        Assert.NotNull(await app.Database.ScalarAsync<DateTime?>("select last_used_at from api_tokens where name = '人事連携'"));

        var id = await app.Database.ScalarAsync<long>("select id from api_tokens where name = '人事連携'");
        var bob = await app.PagesAsAsync(Cast.Bob);
        Assert.Equal(HttpStatusCode.NotFound, (await bob.PostFormAsync("/tokens", "/tokens?handler=revoke", ("token", $"{id}"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await UseAsync(secret));
        // The page before it says what stops, and that nobody is mailed; somebody else's token is on nobody's page.
        var check = await alice.PageAsync($"/tokens?revoke={id}");
        Assert.Matches("<h1>トークンの取り消し</h1>.*人事連携.*メールは送りません.*class=\"danger\"", check.ReplaceLineEndings(" "));
        Assert.DoesNotContain("人事連携", await bob.PageAsync($"/tokens?revoke={id}"));
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostFormAsync("/tokens", "/tokens?handler=revoke", ("token", $"{id}"))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await UseAsync(secret));
        Assert.Contains("取り消し済み", await alice.PageAsync("/tokens"));
    }

    [Theory]
    [InlineData("", "30", "名前を1～100文字で入力してください")]
    [InlineData("test", "30", "「test」という名前のトークンはすでにあります")]
    [InlineData("y", "0", "有効日数は1～366で入力してください")]
    [InlineData("y", "367", "有効日数は1～366で入力してください")]
    [InlineData("y", "many", "「many」は読み取れません")]
    public async Task What_cannot_be_taken_is_said_at_the_field(string name, string days, string message)
    {
        var answer = await (await app.PagesAsAsync(Cast.Bob)).PostFormAsync("/tokens", null, ("Input.Name", name), ("Input.Days", days));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(message, await answer.TextAsync());
        Assert.DoesNotContain("at_", await answer.TextAsync());
    }
}
