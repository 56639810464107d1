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
            .AddSingleton(new AccountLanguage(http => http.Caller()?.Language, RememberLanguageAsync));
    }

    public static void MapAccounts(this IEndpointRouteBuilder app) => AccountsApi.Map(app);

    private static async Task RememberLanguageAsync(HttpContext http, string language)
    {
        if (http.Caller() is not { } user)
        {
            return;
        }
        await using var work = await http.RequestServices.GetRequiredService<Db>().BeginAsync(Actor.Of(user), http.RequestAborted);
        await http.RequestServices.GetRequiredService<AccountStore>().SetLanguageAsync(work, user.AccountId, language, http.RequestAborted);
        await work.CommitAsync(http.RequestAborted);
    }
}
