using AuditTracker.Browser.Support;
using AuditTracker.Tests.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser;

[Collection(InTheOffice.Name)]
public sealed class SignInTests(Chromium chromium, Office office)
{
    [Fact]
    public async Task Whoever_follows_a_link_signs_in_and_comes_to_the_page_of_the_link()
    {
        await using var alice = await chromium.VisitAsync(office.App);
        await alice.OpenAsync("/people?q=900001");
        Assert.Contains("/sign-in", alice.Page.Url);
        await alice.FillAsync("メールアドレス", "Mail address", Cast.Alice.Mail);
        await alice.FillAsync("パスワード", "Password", Cast.Password);
        await alice.PressAsync("入る", "Sign in");
        await alice.SeesAsync("相川 有栖");
        Assert.EndsWith("/people?q=900001", alice.Page.Url);
    }

    [Theory, InlineData("ja", "エラー："), InlineData("en", "Error: ")]
    public async Task A_wrong_password_is_told_and_the_address_stays(string language, string title)
    {
        await using var bob = await chromium.VisitAsync(office.App, language: language);
        await bob.OpenAsync("/sign-in");
        await bob.FillAsync("メールアドレス", "Mail address", Cast.Bob.Mail);
        await bob.FillAsync("パスワード", "Password", "wrong horse battery");
        await bob.PressAsync("入る", "Sign in");
        await bob.SeesAsync("メールアドレスまたはパスワードが違います", "The mail address or the password is wrong");
        Assert.StartsWith(title, await bob.Page.TitleAsync());
        Assert.Equal(Cast.Bob.Mail, await bob.Main.GetByLabel(bob.Say("メールアドレス", "Mail address")).InputValueAsync());
        Assert.Equal("", await bob.Main.GetByLabel(bob.Say("パスワード", "Password")).InputValueAsync());
    }

    [Fact]
    public async Task The_language_changes_in_place_and_stays()
    {
        await using var tom = await chromium.VisitAsync(office.App, Cast.Tom);
        await tom.OpenAsync("/controls?framework=iso27001-2022&q=A.5.18");
        await tom.Page.Locator("header").GetByRole(AriaRole.Link, new() { Name = "English" }).First.ClickAsync();
        await tom.Page.GetByRole(AriaRole.Heading, new() { Name = "Controls", Level = 1 }).WaitForAsync();
        Assert.EndsWith("/controls?framework=iso27001-2022&q=A.5.18", tom.Page.Url);
        Assert.Equal("en", await tom.Page.Locator("html").GetAttributeAsync("lang"));
        await tom.OpenAsync("/");
        Assert.Equal("en", await tom.Page.Locator("html").GetAttributeAsync("lang"));
        await tom.Page.Locator("header").GetByRole(AriaRole.Link, new() { Name = "日本語" }).First.ClickAsync();
        await tom.Page.GetByRole(AriaRole.Heading, new() { Name = "今日", Level = 1 }).WaitForAsync();
    }

    [Fact]
    public async Task The_theme_is_chosen_in_the_menu_of_ones_name_and_stays()
    {
        await using var tom = await chromium.VisitAsync(office.App, Cast.Tom);
        await tom.OpenAsync("/");
        async Task<string> GroundAsync() => await tom.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        Assert.Equal("rgb(246, 247, 248)", await GroundAsync());
        await tom.Page.Locator("header summary", new() { HasText = Cast.Tom.Name }).ClickAsync();
        await tom.Page.GetByRole(AriaRole.Link, new() { Name = "暗い", Exact = true }).ClickAsync();
        await tom.Page.Locator("html[data-theme=dark]").WaitForAsync();
        Assert.Equal("rgb(18, 20, 23)", await GroundAsync());
        await tom.OpenAsync("/controls");
        Assert.Equal("rgb(18, 20, 23)", await GroundAsync());
    }

    [Fact]
    public async Task Signing_out_closes_the_door()
    {
        await using var carol = await chromium.VisitAsync(office.App, Cast.Carol, "en");
        await carol.OpenAsync("/");
        await carol.Page.Locator("header summary", new() { HasText = Cast.Carol.Name }).ClickAsync();
        await carol.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await carol.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" }).WaitForAsync();
        await carol.OpenAsync("/controls");
        Assert.Contains("/sign-in", carol.Page.Url);
    }
}
