using AuditTracker.Browser.Support;
using AuditTracker.Tests.Support;

namespace AuditTracker.Browser;

/// <summary>Two minutes before a session ends a line offers to go on; what was typed when it did end is back after signing in.</summary>
[Collection(InOwnCompanies.Name)]
public sealed class SessionEndsTests(Chromium chromium)
{
    [Theory, InlineData("ja"), InlineData("en")]
    public async Task The_line_appears_going_on_hides_it_and_typing_survives_the_end(string language)
    {
        await using var own = await OwnCompany.StartAsync("2026-10-05T09:00:00");
        await using var alice = await chromium.VisitAsync(own.App, Cast.Alice, language);
        var id = await own.OpenedAsync("入退室の記録", Cast.Alice, Cast.Bob);
        await alice.Page.Clock.InstallAsync();
        await alice.OpenAsync($"/evidence/collections/{id}");
        var line = alice.Page.Locator(".session");
        Assert.False(await line.IsVisibleAsync());
        var left = int.Parse((await line.GetAttributeAsync("data-session-left"))!, System.Globalization.CultureInfo.InvariantCulture);

        await alice.Page.Clock.FastForwardAsync((left - 100) * 1000L);
        await line.WaitForAsync();
        Assert.Equal("alert", await line.GetAttributeAsync("role"));
        await line.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = alice.Say("サインインを続ける", "Stay signed in") }).ClickAsync();
        await line.WaitForAsync(new() { State = Microsoft.Playwright.WaitForSelectorState.Hidden });

        await alice.Main.Locator("[name='Input.Note']").FillAsync("10月分もあります。");
        await own.App.Database.ArrangeAsync("delete from sessions where account_id = @AccountId", new { Cast.Alice.AccountId });
        await alice.Page.Clock.FastForwardAsync((left + 5) * 1000L);
        await line.Locator("[data-part=over]").WaitForAsync();
        await line.Locator("[data-part=over] a").ClickAsync();
        await alice.FillAsync("メールアドレス", "Mail address", Cast.Alice.Mail);
        await alice.FillAsync("パスワード", "Password", Cast.Password);
        await alice.PressAsync("入る", "Sign in");
        await alice.Main.Locator("[name='Input.Note']").WaitForAsync();
        Assert.Equal("10月分もあります。", await alice.Main.Locator("[name='Input.Note']").InputValueAsync());
    }
}
