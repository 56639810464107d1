using System.Net;
using AuditTracker.Accounts;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Accounts;

public sealed class SignInPageTests(TestApp app) : IClassFixture<TestApp>
{
    private static (string, string)[] Typed(string address, string password) => [("Input.Address", address), ("Input.Password", password)];

    [Fact]
    public async Task Whoever_is_not_signed_in_signs_in_and_comes_to_the_page_asked_for()
    {
        var client = app.Anonymous();
        var turned = await client.GetAsync("/tokens?x=1");
        Assert.Equal(HttpStatusCode.Redirect, turned.StatusCode);
        var door = turned.Headers.Location!.ToString();
        Assert.Equal("/sign-in?back=%2Ftokens%3Fx%3D1", door);

        var entered = await client.PostFormAsync(door, null, Typed(" ALICE@example.test ", Cast.Password));

        Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
        Assert.Equal("/tokens?x=1", entered.Headers.Location!.ToString());
        Assert.Contains("相川 有栖", await client.PageAsync("/tokens?x=1"));
        Assert.Equal("/tokens", (await client.GetAsync("/sign-in?back=/tokens")).Headers.Location!.ToString());
    }

    [Fact]
    public async Task The_session_cookie_is_bound_to_the_host_hidden_from_script_and_sent_with_links_from_mails()
    {
        var entered = await app.Anonymous().PostFormAsync("/sign-in", null, Typed(Cast.Alice.Mail, Cast.Password));

        var cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie"), line => line.StartsWith("__Host-session=", StringComparison.Ordinal));
        var flags = cookie.Split("; ").Skip(1).Order().ToArray();
        Assert.Equal(["httponly", "path=/", "samesite=lax", "secure"], flags);
        Assert.Contains("no-store", entered.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task A_page_knows_when_its_session_ends_and_asking_prolongs_it_up_to_its_last_instant()
    {
        var alice = await app.PagesAsAsync(Cast.Alice);
        int Left(string text) => int.Parse(System.Text.RegularExpressions.Regex.Match(text, "(?:data-session-left=\"|\"left\":)(\\d+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        async Task<int> AskAsync() => Left(await alice.GetStringAsync("/session"));
        var page = await alice.PageAsync("/profile");
        Assert.InRange(Left(page), 30 * 60 - 60, 30 * 60);
        Assert.Contains("href=\"/sign-in?back=/profile\"", Uri.UnescapeDataString(page));
        await app.Database.ArrangeAsync("update sessions set seen_at = seen_at - interval '29 minutes' where account_id = @AccountId", Cast.Alice);
        Assert.InRange(await AskAsync(), 30 * 60 - 60, 30 * 60);
        await app.Database.ArrangeAsync("update sessions set expires_at = clock_timestamp() + interval '90 seconds' where account_id = @AccountId and ended_at is null", Cast.Alice);
        Assert.InRange(await AskAsync(), 30, 90);
        await app.Database.ArrangeAsync("update sessions set seen_at = seen_at - interval '31 minutes' where account_id = @AccountId", Cast.Alice);
        Assert.NotEqual(HttpStatusCode.OK, (await alice.GetAsync("/session")).StatusCode);
        Assert.DoesNotContain("data-session-left", await app.Anonymous().PageAsync("/sign-in"));
    }

    [Fact]
    public async Task Without_the_forms_own_token_nothing_is_posted()
    {
        var client = app.Anonymous();
        await client.GetAsync("/sign-in");
        var forged = await client.PostAsync("/sign-in", new FormUrlEncodedContent(new Dictionary<string, string> { ["Input.Address"] = Cast.Alice.Mail, ["Input.Password"] = Cast.Password }));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.False(forged.Headers.Contains("Set-Cookie") && forged.Headers.GetValues("Set-Cookie").Any(line => line.StartsWith("__Host-session", StringComparison.Ordinal)));

        var alice = await app.PagesAsAsync(Cast.Alice);
        Assert.Equal(HttpStatusCode.BadRequest, (await alice.PostAsync("/sign-out", null)).StatusCode);
        Assert.Contains("相川 有栖", await alice.PageAsync("/tokens"));
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("/\n/evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("https:evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("evil.example")]
    [InlineData("/.//evil.example")]
    [InlineData("\\\\evil.example")]
    public async Task Nobody_is_sent_to_another_host_after_signing_in(string back)
    {
        var client = app.Anonymous();
        var entered = await client.PostFormAsync("/sign-in?back=" + Uri.EscapeDataString(back), null, Typed(Cast.Alice.Mail, Cast.Password));
        Assert.Equal("/", entered.Headers.Location!.ToString());
        Assert.Equal("/", (await client.GetAsync("/sign-in?back=" + Uri.EscapeDataString(back))).Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_get_the_same_answers_to_the_end()
    {
        async Task<List<string>> TryAsync(string address)
        {
            var answers = new List<string>();
            for (var i = 1; i <= 6; i++)
            {
                var client = app.Anonymous();
                var answer = await client.PostFormAsync("/sign-in", null, Typed(address, $"wrong {i}"));
                Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
                var text = await answer.TextAsync();
                Assert.Contains($"value=\"{address}\"", text);
                Assert.DoesNotContain($"wrong {i}", text);
                answers.Add(System.Text.RegularExpressions.Regex.Match(text, "<div[^>]*class=\"errors\".*?</div>", System.Text.RegularExpressions.RegexOptions.Singleline).Value);
            }
            return answers;
        }

        var known = await TryAsync(Cast.Tom.Mail);
        var unknown = await TryAsync("nobody@example.test");

        Assert.Equal(known, unknown);
        Assert.Contains("メールアドレスまたはパスワードが違います", known[0]);
        Assert.Contains("あと15分は入れません", known[4]);
        Assert.Contains("あと15分は入れません", known[5]);
        Assert.DoesNotContain("分は入れません", known[3]);
        var right = await app.Anonymous().PostFormAsync("/sign-in", null, Typed(Cast.Tom.Mail, Cast.Password));
        Assert.Equal(HttpStatusCode.BadRequest, right.StatusCode);
    }

    [Fact]
    public async Task Empty_fields_are_named_and_the_title_says_error()
    {
        var answer = await app.Anonymous().PostFormAsync("/sign-in", null);
        var text = await answer.TextAsync();
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("<title>エラー：サインイン｜AuditTracker</title>", text);
        Assert.Contains("メールアドレスを入力してください。", text);
        Assert.Contains("パスワードを入力してください。", text);
    }

    [Fact]
    public async Task The_bare_page_shows_the_company_and_whom_to_ask_and_no_menu()
    {
        await app.Database.ArrangeAsync("update company_versions set name_ja = 'ひばりネット株式会社' where section = 'name'; update company_versions set secretariat_name = '法務・コンプライアンス室', secretariat_contact = '内線1234' where section = 'secretariat'");
        var page = await app.Anonymous().PageAsync("/sign-in");
        Assert.Contains("ひばりネット株式会社", page);
        Assert.Contains("法務・コンプライアンス室 内線1234", page);
        Assert.DoesNotContain("class=\"menu\"", page);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_on_the_server_too()
    {
        var client = await app.PagesAsAsync(Cast.Alice);
        var stolen = app.Anonymous();
        var session = ((SignInResult.Started)await app.Get<SignIn>().StartAsync(Cast.Alice.Mail, Cast.Password, "t", "t", default)).Token;
        client.GetHandler().Set(IdentifyCaller.SessionCookie, session);
        stolen.GetHandler().Set(IdentifyCaller.SessionCookie, session);
        await stolen.PageAsync("/tokens");

        var left = await client.PostFormAsync("/tokens", "/sign-out");

        Assert.Equal("/sign-in", left.Headers.Location!.ToString());
        Assert.Contains("サインアウトしました", await client.PageAsync("/sign-in"));
        Assert.Equal(HttpStatusCode.Redirect, (await stolen.GetAsync("/tokens")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("/tokens")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("/sign-out")).StatusCode);
    }

    [Fact]
    public async Task A_session_ends_when_its_person_leaves()
    {
        await using var own = new OwnApp();
        var client = await own.StartAsync(Cast.Mallory);
        await client.PageAsync("/tokens");
        await own.App.Database.ArrangeAsync("update people set left_on = tokyo_date(business_now()) - 1 where id = @PersonId", Cast.Mallory);
        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("/tokens")).StatusCode);
        var again = await client.PostFormAsync("/sign-in", null, Typed(Cast.Mallory.Mail, Cast.Password));
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);

        Assert.Equal(1, await own.App.Get<EndLeaversAccounts>().RunAsync(default));
        Assert.Equal(0, await own.App.Get<EndLeaversAccounts>().RunAsync(default));
        await own.App.Database.ArrangeAsync("update people set left_on = null where id = @PersonId", Cast.Mallory);
        Assert.Equal(HttpStatusCode.Unauthorized, (await own.App.As(Cast.Mallory).GetAsync("/api/me")).StatusCode);
    }

    [Fact]
    public async Task The_language_chosen_is_remembered_with_the_account()
    {
        await using var own = new OwnApp();
        var client = await own.StartAsync(Cast.Alice);
        Assert.Contains("<html lang=\"ja\"", await client.PageAsync("/tokens"));

        await client.GetAsync("/language?to=en&back=/tokens");
        Assert.Contains("<html lang=\"ja\"", await (await own.App.PagesAsAsync(Cast.Alice)).PageAsync("/tokens"));

        // A browser that does not tell where the link stood still names the page; one from elsewhere changes nothing.
        client.DefaultRequestHeaders.Referrer = new Uri("https://elsewhere.example/tokens");
        await client.GetAsync("/language?to=en&back=/tokens");
        Assert.Contains("<html lang=\"ja\"", await client.PageAsync("/tokens"));
        client.DefaultRequestHeaders.Referrer = new Uri(client.BaseAddress!, "/tokens");
        await client.GetAsync("/language?to=en&back=/tokens");
        Assert.Contains("<html lang=\"en\"", await client.PageAsync("/tokens"));
        client.DefaultRequestHeaders.Referrer = null;
        client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        await client.GetAsync("/language?to=en&back=/tokens");

        var elsewhere = await own.App.PagesAsAsync(Cast.Alice);
        Assert.Contains("<html lang=\"en\"", await elsewhere.PageAsync("/tokens"));
        Assert.Contains("API tokens", await elsewhere.PageAsync("/tokens"));
        Assert.Equal($"account:{Cast.Alice.AccountId}", await own.App.Database.ScalarAsync<string>("select actor from trail.entries where what = 'accounts.update' order by id desc limit 1"));
        await own.App.Anonymous().GetAsync("/language?to=en&back=/sign-in");
    }
}

/// <summary>An app of its own for a test that changes the cast.</summary>
internal sealed class OwnApp : IAsyncDisposable
{
    public TestApp App { get; private set; } = null!;

    public async Task<HttpClient> StartAsync(Cast.Member member)
    {
        App = await TestApp.StartAsync();
        return await App.PagesAsAsync(member);
    }

    public async ValueTask DisposeAsync() => await App.DisposeAsync();
}
