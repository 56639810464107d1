using System.Net;
using AuditTracker.Accounts;
using AuditTracker.Notifications;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Accounts;

public sealed class ProfileTests : IAsyncLifetime
{
    private const string Next = "a much longer sentence";
    private readonly TestApp app = new();

    public Task InitializeAsync() => app.InitializeAsync();

    public Task DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Language_theme_and_density_stay_with_the_account_on_every_device()
    {
        var alice = await app.PagesAsAsync(Cast.Alice);
        Assert.DoesNotContain("data-theme=\"dark\"", await alice.PageAsync("/profile"));
        await alice.PostFormAsync("/profile", null, ("Input.Language", "en"), ("Input.Theme", "dark"), ("Input.Density", "dense"));

        var elsewhere = await (await app.PagesAsAsync(Cast.Alice)).PageAsync("/profile");
        Assert.Contains("<html lang=\"en\" data-theme=\"dark\" data-density=\"dense\"", elsewhere);
        var door = await alice.PageAsync("/password-reset");
        Assert.Contains("data-theme=\"dark\"", door);
        Assert.DoesNotContain("data-theme=\"dark\"", await (await app.PagesAsAsync(Cast.Bob)).PageAsync("/profile"));

        await alice.PostFormAsync("/profile", null, ("Input.Language", "fr"), ("Input.Theme", "pink"), ("Input.Density", "none"));
        Assert.Contains("<html lang=\"en\" data-theme=\"dark\" data-density=\"dense\"", await alice.PageAsync("/profile"));
    }

    [Fact]
    public async Task A_link_from_elsewhere_changes_no_accounts_theme()
    {
        var alice = await app.PagesAsAsync(Cast.Alice);
        await alice.GetAsync("/display?theme=dark&back=/profile");
        Assert.Null(await app.Database.ScalarAsync<string?>("select theme from accounts where id = @AccountId", Cast.Alice));
        alice.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        await alice.GetAsync("/display?theme=dark&back=/profile");
        Assert.Equal("dark", await app.Database.ScalarAsync<string?>("select theme from accounts where id = @AccountId", Cast.Alice));
    }

    [Fact]
    public async Task Sessions_are_listed_and_one_or_all_others_end()
    {
        var (here, lost, third, bob) = (await app.PagesAsAsync(Cast.Alice), await app.PagesAsAsync(Cast.Alice), await app.PagesAsAsync(Cast.Alice), await app.PagesAsAsync(Cast.Bob));
        var ids = await app.Database.ListAsync<long>("select id from sessions where account_id = @AccountId order by id", Cast.Alice);
        var page = await here.PageAsync("/profile");
        Assert.Equal(2, page.Split("name=\"session\"").Length - 1);
        Assert.DoesNotContain($"value=\"{ids[0]}\"", page);

        Assert.Equal(HttpStatusCode.NotFound, (await bob.PostFormAsync("/profile", "/profile?handler=end", ("session", $"{ids[1]}"))).StatusCode);
        await lost.PageAsync("/profile");
        Assert.Equal(HttpStatusCode.Redirect, (await here.PostFormAsync("/profile", "/profile?handler=end", ("session", $"{ids[1]}"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await lost.GetAsync("/profile")).StatusCode);
        await third.PageAsync("/profile");

        await here.PostFormAsync("/profile", "/profile?handler=endOthers");
        Assert.Equal(HttpStatusCode.Redirect, (await third.GetAsync("/profile")).StatusCode);
        Assert.DoesNotContain("name=\"session\"", await here.PageAsync("/profile"));
        await bob.PageAsync("/profile");
    }

    [Fact]
    public async Task A_password_is_changed_with_the_present_one_and_ends_the_other_sessions()
    {
        var (here, other) = (await app.PagesAsAsync(Cast.Alice), await app.PagesAsAsync(Cast.Alice));
        var wrong = await here.PostFormAsync("/profile/password", null, ("Input.Current", "no"), ("Input.Password", Next));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("今のパスワードが違います", await wrong.TextAsync());
        var easy = await here.PostFormAsync("/profile/password", null, ("Input.Current", Cast.Password), ("Input.Password", "short"));
        Assert.Contains("12文字以上", await easy.TextAsync());

        Assert.Equal(HttpStatusCode.Redirect, (await here.PostFormAsync("/profile/password", null, ("Input.Current", Cast.Password), ("Input.Password", Next))).StatusCode);

        await here.PageAsync("/profile");
        Assert.Equal(HttpStatusCode.Redirect, (await other.GetAsync("/profile")).StatusCode);
        Assert.IsType<SignInResult.Wrong>(await app.Get<SignIn>().StartAsync(Cast.Alice.Mail, Cast.Password, "", "t", default));
        Assert.IsType<SignInResult.Started>(await app.Get<SignIn>().StartAsync(Cast.Alice.Mail, Next, "", "t", default));
        await app.Get<SendMails>().RunAsync(default);
        Assert.StartsWith("【ご確認】パスワードが変更されました｜", await app.Database.ScalarAsync<string>("select subject from mails where to_address = @Mail", Cast.Alice));
    }

    [Fact]
    public async Task Five_wrong_present_passwords_end_the_session_and_tell_the_person()
    {
        var thief = await app.PagesAsAsync(Cast.Bob);
        for (var i = 1; i <= 4; i++)
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await thief.PostFormAsync("/profile/password", null, ("Input.Current", "no"), ("Input.Password", Next))).StatusCode);
        }
        Assert.Equal(HttpStatusCode.Conflict, (await thief.PostFormAsync("/profile/password", null, ("Input.Current", "no"), ("Input.Password", Next))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await thief.GetAsync("/profile")).StatusCode);
        Assert.IsType<SignInResult.Locked>(await app.Get<SignIn>().StartAsync(Cast.Bob.Mail, Cast.Password, "", "t", default));
        await app.Get<SendMails>().RunAsync(default);
        Assert.Contains("サインインを15分間止めました", await app.Database.ScalarAsync<string>("select subject from mails where to_address = @Mail", Cast.Bob));
    }

    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge (Windows)")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1", "Safari (iPhone)")]
    [InlineData("Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome (Android)")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox (Linux)")]
    [InlineData("curl/8.1", null)]
    public void A_device_is_called_as_people_know_it(string agent, string? words) => Assert.Equal(words, Device.Of(agent));
}
