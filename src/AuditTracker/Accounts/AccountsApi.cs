using AuditTracker.Platform.Security;

namespace AuditTracker.Accounts;

/// <summary>The wire of accounts (design §7).</summary>
public static class AccountsApi
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/api/me", (HttpContext http) =>
    {
        var user = http.CurrentUser();
        return new Me(user.SignIn, user.EmployeeNo, [.. user.Roles.Order().Select(role => role.Wire())], user.Language);
    }).May().WithTags("accounts");
}

public sealed record Me(string Account, string? Person, string[] Roles, string Language);
