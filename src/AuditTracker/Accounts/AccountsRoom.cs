namespace AuditTracker.Accounts;

/// <summary>The door of the room.</summary>
public static class AccountsRoom
{
    public static IServiceCollection AddAccounts(this IServiceCollection services) => services
        .AddSingleton<AccountStore>().AddSingleton<CallerStore>().AddSingleton<SignIn>().AddSingleton<Tokens>().AddSingleton<FirstAdministrator>();

    public static void MapAccounts(this IEndpointRouteBuilder app) => AccountsApi.Map(app);
}
