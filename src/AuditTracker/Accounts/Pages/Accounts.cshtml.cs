using System.Globalization;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Accounts.Pages;

/// <summary>Who has access, and in which roles.</summary>
[May(Role.Administrator, Role.ComplianceManager)]
public sealed class AccountsModel(AccountStore accounts, ReviewScopes scopes, OwingSource owing, TimeProvider time) : PageModel
{
    private const int PageSize = 50;
    private IReadOnlyList<ReviewScope> frameworks = [];

    [FromQuery(Name = "q")] public string? Search { get; set; }
    [FromQuery(Name = "after")] public string? After { get; set; }
    public IReadOnlyList<AccountRow> Rows { get; private set; } = [];
    public string? Next { get; private set; }

    /// <summary>How many have open work and no way in.</summary>
    public long Owing { get; private set; }
    public IReadOnlyList<Chip> Chips => string.IsNullOrWhiteSpace(Search) ? [] : [new Chip(Search.Trim(), "q")];

    public async Task OnGetAsync(CancellationToken ct)
    {
        (Rows, Next) = await accounts.ListAsync(HttpContext.CurrentUser(), Search, After?.Replace("\0", "", StringComparison.Ordinal), PageSize, time.GetUtcNow().UtcDateTime, ct);
        Owing = await accounts.OwingCountAsync(HttpContext.CurrentUser(), owing, ct);
        frameworks = await scopes.ListAsync(ct);
    }

    public IEnumerable<string> RolesOf(AccountRow row) => AccountLook.Roles(row, frameworks, CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);
}

/// <summary>How accounts look in lists and records.</summary>
public static class AccountLook
{
    public static Shape ShapeOf(AccountState state) => state switch
    {
        AccountState.Active => Shape.Done,
        AccountState.NotInvited => Shape.Wait,
        AccountState.Invited => Shape.Half,
        AccountState.InvitationEnded or AccountState.Locked => Shape.Warn,
        _ => Shape.Out,
    };

    /// <summary>The roles that hold today in words; a reviewer's with the frameworks' names. Those that follow from rows are not here.</summary>
    public static IEnumerable<string> Roles(AccountRow row, IReadOnlyList<ReviewScope> scopes, string language)
    {
        foreach (var (role, framework) in row.Roles.Select(role => role.Split(':', 2)).Select(parts => (parts[0], parts.ElementAtOrDefault(1))))
        {
            yield return framework is null ? RoleWords.Of(role) : $"{RoleWords.Of(role)}{In(Scope(framework, scopes, language), language)}";
        }
    }

    public static string Scope(string framework, IReadOnlyList<ReviewScope> scopes, string language) =>
        scopes.FirstOrDefault(scope => scope.Key == framework)?.Name(language) ?? framework;

    public static string In(string scope, string language) => language == "en" ? $" ({scope})" : $"（{scope}）";
}
