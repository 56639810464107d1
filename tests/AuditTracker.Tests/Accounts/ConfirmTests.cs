using System.Net;
using AuditTracker.Accounts;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Accounts;

public sealed class ConfirmTests : IAsyncLifetime
{
    private readonly TestApp app = new();

    public Task InitializeAsync() => app.InitializeAsync();

    public Task DisposeAsync() => app.DisposeAsync();

    /// <summary>Signed in, and eleven minutes have passed.</summary>
    private async Task<HttpClient> LaterAsync(Cast.Member member)
    {
        var client = await app.PagesAsAsync(member);
        await app.Database.ArrangeAsync("update sessions set confirmed_at = now() - interval '11 minutes' where account_id = @AccountId", member);
        return client;
    }

    [Fact]
    public async Task Before_a_grant_the_person_is_asked_and_the_grant_goes_on_as_it_was_typed()
    {
        var adam = await LaterAsync(Cast.Adam);
        var page = $"/accounts/{Cast.Bob.AccountId}";
        var grant = page + "?handler=grant";
        var asked = await adam.PostFormAsync(page, grant, ("Input.Role", "Management"), ("Input.FromOn", ""), ("Input.ToOn", "R19.3.31 \"x\""));
        var question = await asked.TextAsync();
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        Assert.Contains("Confirm that it is you", question);
        Assert.Contains("name=\"Input.ToOn\" value=\"R19.3.31 \"x\"\"", question);
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from role_grants where account_id = @AccountId", Cast.Bob));

        var wrong = await adam.PostFormAsync(page, grant, ("Input.Role", "Management"), ("Confirm.Password", "no"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("value=\"Management\"", await wrong.TextAsync());
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from role_grants where account_id = @AccountId", Cast.Bob));

        Assert.Equal(HttpStatusCode.Redirect, (await adam.PostFormAsync(page, grant, ("Input.Role", "Management"), ("Confirm.Password", Cast.Password))).StatusCode);
        Assert.Equal("management", await app.Database.ScalarAsync<string>("select role from role_grants where account_id = @AccountId", Cast.Bob));
        // Good for ten minutes.
        Assert.Equal(HttpStatusCode.Redirect, (await adam.PostFormAsync(page, page + "?handler=disable")).StatusCode);
    }

    [Fact]
    public async Task Tokens_factors_and_access_ask_reading_and_ending_sessions_do_not()
    {
        var adam = await LaterAsync(Cast.Adam);
        var alice = $"/accounts/{Cast.Alice.AccountId}";
        foreach (var (page, action) in new[]
        {
            ("/tokens", "/tokens"), ("/profile/second-factor", "/profile/second-factor?handler=codes"), ("/profile/second-factor", "/profile/second-factor?handler=removeApp"), ("/tokens", "/profile/authenticator"),
            (alice, alice + "?handler=disable"), (alice, alice + "?handler=enable"), (alice, alice + "?handler=end"), (alice, alice + "?handler=resetFactor"),
        })
        {
            var from = page == "/profile/second-factor" ? "/profile" : page;
            Assert.True((await (await adam.PostFormAsync(from, action, ("Input.Name", "x"))).TextAsync()).Contains("Confirm that it is you"), action);
        }
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from api_tokens where account_id = @AccountId and name = 'x'", Cast.Adam));
        Assert.DoesNotContain("Confirm that it is you", await adam.PageAsync(alice));
        Assert.Equal(HttpStatusCode.Redirect, (await adam.PostFormAsync("/profile", "/profile?handler=endOthers")).StatusCode);
    }

    [Fact]
    public async Task A_page_that_shows_a_new_key_asks_before_it_opens()
    {
        var alice = await LaterAsync(Cast.Alice);
        var asked = await alice.PageAsync("/profile/authenticator");
        Assert.Contains("本人確認", asked);
        Assert.DoesNotContain("id=\"key\"", asked);
        var answered = await alice.PostFormAsync("/profile/authenticator", null, ("Confirm.Opening", "true"), ("Confirm.Password", Cast.Password));
        Assert.Equal("/profile/authenticator", answered.Headers.Location!.ToString());
        Assert.Contains("id=\"key\"", await alice.PageAsync("/profile/authenticator"));
    }

    [Fact]
    public async Task The_fifth_wrong_answer_locks_and_ends_the_session()
    {
        var bob = await LaterAsync(Cast.Bob);
        for (var i = 1; i <= 4; i++)
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await bob.PostFormAsync("/tokens", "/tokens", ("Input.Name", "x"), ("Confirm.Password", ""), ("Confirm.Code", "123456"))).StatusCode);
        }
        Assert.Equal(HttpStatusCode.Conflict, (await bob.PostFormAsync("/tokens", "/tokens", ("Input.Name", "x"), ("Confirm.Password", "no"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await bob.GetAsync("/tokens")).StatusCode);
        Assert.IsType<SignInResult.Locked>(await app.Get<SignIn>().StartAsync(Cast.Bob.Mail, Cast.Password, "", "t", default));
    }
}
