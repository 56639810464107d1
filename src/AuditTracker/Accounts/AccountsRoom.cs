using AuditTracker.Accounts.Pages;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;

namespace AuditTracker.Accounts;

/// <summary>The door of the room.</summary>
public static class AccountsRoom
{
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        foreach (var secret in AccountMails.Secrets)
        {
            services.AddSingleton(secret);
        }
        return services
            .AddSingleton<AccountStore>().AddSingleton<CallerStore>().AddSingleton<ReviewScopes>()
            .AddSingleton<SignIn>().AddSingleton<Tokens>().AddSingleton<FirstAdministrator>()
            .AddSingleton<InvitePerson>().AddSingleton<AddAccount>().AddSingleton<ChoosePassword>()
            .AddSingleton<GrantRole>().AddSingleton<EndRole>().AddSingleton<DisableAccount>().AddSingleton<EndLeaversAccounts>()
            .AddSingleton<Sessions>().AddSingleton<ChangePassword>()
            .AddSingleton<FactorProof>().AddSingleton<SetUpAuthenticator>().AddSingleton<RemoveFactor>().AddSingleton<EnterCode>().AddSingleton<MailedCode>().AddSingleton<ConfirmCaller>()
            .AddSingleton<PasskeyStore>().AddSingleton<Passkeys>().AddSingleton<EnterPasskey>()
            .Configure<MvcOptions>(options => options.Filters.Add<AskAgainFilter>())
            .AddSingleton(new AccountLanguage(http => http.Caller()?.Language, (http, language) => RememberAsync(http, (accounts, work, user) => accounts.SetLanguageAsync(work, user.AccountId, language, http.RequestAborted))))
            .AddSingleton(new AccountTheme((http, theme) => RememberAsync(http, (accounts, work, user) => accounts.SetDisplayAsync(work, user.AccountId, theme, null, http.RequestAborted))));
    }

    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        AccountsApi.Map(app);
        // Asking is a use, so this prolongs the session; the page's script asks when the person wants to stay.
        app.MapGet("/session", (HttpContext http, TimeProvider time, Settings settings) => Results.Json(new { left = (int)http.Session().Left(time.GetUtcNow().UtcDateTime, settings.SessionIdle).TotalSeconds }))
            .May().ExcludeFromDescription();
        // The browser's script asks for it at the door, at the second step and where a change is confirmed.
        app.MapPost("/passkeys/challenge", async (HttpContext http, EnterPasskey passkeys, CancellationToken ct) => Results.Content(Text(await passkeys.AskAsync(http, ct)), "application/json"))
            .AllowAnonymous().ExcludeFromDescription();
    }

    internal static ContentResult Json(PasskeyChallenge challenge) => new() { Content = Text(challenge), ContentType = "application/json" };

    // The options are JSON already.
    private static string Text(PasskeyChallenge challenge) => $$"""{"key":"{{challenge.Key}}","options":{{challenge.Options}}}""";

    private static async Task RememberAsync(HttpContext http, Func<AccountStore, UnitOfWork, CurrentUser, Task> remember)
    {
        if (http.Caller() is not { } user)
        {
            return;
        }
        await using var work = await http.RequestServices.GetRequiredService<Db>().BeginAsync(Actor.Of(user), http.RequestAborted);
        await remember(http.RequestServices.GetRequiredService<AccountStore>(), work, user);
        await work.CommitAsync(http.RequestAborted);
    }
}
