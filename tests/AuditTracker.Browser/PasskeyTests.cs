using System.Text.Json;
using System.Text.RegularExpressions;
using AuditTracker.Browser.Support;
using AuditTracker.Tests.Support;

namespace AuditTracker.Browser;

/// <summary>Passkeys with Chromium's own virtual authenticator: a device that knows its person.</summary>
[Collection(InOwnCompanies.Name)]
public sealed class PasskeyTests(Chromium chromium)
{
    private const string Path = "/profile/second-factor";

    /// <summary>Gives the visitor's browser a device with finger or face; <paramref name="knows"/> false: it does not recognise the person.</summary>
    private static async Task GiveDeviceAsync(Visitor visitor, bool knows = true)
    {
        var devtools = await visitor.Page.Context.NewCDPSessionAsync(visitor.Page);
        await devtools.SendAsync("WebAuthn.enable");
        await devtools.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = JsonSerializer.SerializeToElement(new { protocol = "ctap2", transport = "internal", hasResidentKey = true, hasUserVerification = true, isUserVerified = knows, automaticPresenceSimulation = true }),
        });
    }

    [Fact]
    public async Task Whoever_must_have_a_factor_adds_a_passkey_and_then_comes_in_with_it_alone()
    {
        await using var own = await OwnCompany.StartAsync("2026-11-24T09:00:00");
        await using var manami = await chromium.VisitAsync(own.App, host: "localhost");
        await GiveDeviceAsync(manami);
        await manami.OpenAsync("/sign-in?back=/people");
        await manami.FillAsync("メールアドレス", "Mail address", Cast.Manami.Mail);
        await manami.FillAsync("パスワード", "Password", Cast.Password);
        await manami.PressAsync("入る", "Sign in");
        await manami.SeesAsync("あなたの権限には二段階認証が必要です");
        await manami.FillAsync("パスキーの名前", "Name of the passkey", "会社のノートPC");
        await manami.PressAsync("パスキーを登録", "Add a passkey");
        await manami.SeesAsync("リカバリーコードです");
        await manami.PressAsync("続ける", "Go on");
        await manami.SeesAsync("今日することはありません");
        Assert.Equal(1, await own.App.Database.ScalarAsync<long>("select count(*) from passkeys where account_id = @AccountId and user_verified and name = '会社のノートPC'", Cast.Manami));

        await manami.Page.Context.ClearCookiesAsync();
        await manami.OpenAsync("/sign-in?back=/people");
        await manami.PressAsync("パスキーで入る", "Sign in with a passkey");
        await manami.Page.WaitForURLAsync(new Regex("^[^?]*/people$"));
        Assert.Equal("passkey", await own.App.Database.ScalarAsync<string>("select factor from sessions where account_id = @AccountId and ended_at is null order by id desc limit 1", Cast.Manami));
        Assert.Equal(0, await own.App.Database.ScalarAsync<long>("select count(*) from passkey_challenges"));

        // With the password the key is asked for second.
        await manami.Page.Context.ClearCookiesAsync();
        await manami.OpenAsync("/sign-in?back=/people");
        await manami.FillAsync("メールアドレス", "Mail address", Cast.Manami.Mail);
        await manami.FillAsync("パスワード", "Password", Cast.Password);
        await manami.PressAsync("入る", "Sign in");
        await manami.SeesAsync("確認番号の入力");
        await manami.PressAsync("パスキーで入る", "Sign in with a passkey");
        await manami.Page.WaitForURLAsync(new Regex("^[^?]*/people$"));

        // And it answers when a change is confirmed; what was typed goes on.
        await own.App.Database.ArrangeAsync("update sessions set confirmed_at = now() - interval '11 minutes'");
        await manami.OpenAsync("/tokens");
        await manami.FillAsync("名前", "Name", "人事連携");
        await manami.PressAsync("追加", "Add");
        await manami.SeesAsync("もう一度確かめます");
        await manami.PressAsync("パスキーで入る", "Sign in with a passkey");
        await manami.SeesAsync("トークンを作りました");
        await manami.SeesAsync("人事連携");
        Assert.Empty(manami.Troubles);
    }

    [Fact]
    public async Task A_device_that_does_not_know_the_person_a_used_answer_and_a_strangers_key_open_nothing()
    {
        await using var own = await OwnCompany.StartAsync("2026-11-24T09:00:00");
        await using var alice = await chromium.VisitAsync(own.App, Cast.Alice, host: "localhost");
        await GiveDeviceAsync(alice);
        await alice.OpenAsync(Path);
        await alice.FillAsync("パスキーの名前", "Name of the passkey", "スマートフォン");
        await alice.PressAsync("パスキーを登録", "Add a passkey");
        await alice.SeesAsync("リカバリーコードです");

        // The answer is caught on its way and sent again.
        string? posted = null;
        alice.Page.Request += (_, request) => posted = request.Url.Contains("handler=passkey", StringComparison.Ordinal) ? request.PostData : posted;
        await alice.Page.Context.ClearCookiesAsync();
        await alice.OpenAsync("/sign-in?back=/tokens");
        await alice.PressAsync("パスキーで入る", "Sign in with a passkey");
        await alice.Page.WaitForURLAsync(new Regex("^[^?]*/tokens$"));
        Assert.Contains("Passkey.Credential", posted);
        await alice.Page.Context.ClearCookiesAsync();
        await alice.OpenAsync("/sign-in");
        var again = System.Web.HttpUtility.ParseQueryString(posted!);
        await alice.Page.EvaluateAsync("""
            ([key, credential]) => {
              const form = document.querySelector("button[data-passkey]").form;
              form.elements["Passkey.Key"].value = key;
              form.elements["Passkey.Credential"].value = credential;
              form.submit();
            }
            """, new[] { again["Passkey.Key"], again["Passkey.Credential"] });
        await alice.SeesAsync("このパスキーでは入れません");

        await using var bob = await chromium.VisitAsync(own.App, Cast.Bob, host: "localhost");
        await GiveDeviceAsync(bob, knows: false);
        await bob.OpenAsync(Path);
        await bob.FillAsync("パスキーの名前", "Name of the passkey", "だれかの端末");
        await bob.PressAsync("パスキーを登録", "Add a passkey");
        await bob.SeesAsync("パスキーを使えませんでした");
        Assert.Equal(0, await own.App.Database.ScalarAsync<long>("select count(*) from passkeys where account_id = @AccountId", Cast.Bob));
    }

    [Fact]
    public async Task Without_script_and_under_an_address_without_a_name_no_passkey_is_offered()
    {
        await using var own = await OwnCompany.StartAsync("2026-11-24T09:00:00");
        await using var plain = await chromium.VisitAsync(own.App, script: false, host: "localhost");
        await plain.OpenAsync("/sign-in");
        Assert.False(await plain.Page.Locator("button[data-passkey]").IsVisibleAsync());
        await using var elsewhere = await chromium.VisitAsync(own.App);
        await elsewhere.OpenAsync("/sign-in");
        Assert.False(await elsewhere.Page.Locator("button[data-passkey]").IsVisibleAsync());
    }
}
