using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;

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
            .AddSingleton(new AccountLanguage(http => http.Caller()?.Language, (http, language) => RememberAsync(http, (accounts, work, user) => accounts.SetLanguageAsync(work, user.AccountId, language, http.RequestAborted))))
            .AddSingleton(new AccountTheme((http, theme) => RememberAsync(http, (accounts, work, user) => accounts.SetDisplayAsync(work, user.AccountId, theme, null, http.RequestAborted))));
    }

    public static void MapAccounts(this IEndpointRouteBuilder app) => AccountsApi.Map(app);

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
