using System.Globalization;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Accounts.Pages;

/// <summary>Who has access, and in which roles.</summary>
[May(Role.Administrator, Role.ComplianceManager)]
public sealed class AccountsModel(AccountStore accounts, ReviewScopes scopes, OwingSource owing, TimeProvider time, IStringLocalizer<AuditTracker.Accounts.Words> words) : PageModel
{
    private IReadOnlyList<ReviewScope> frameworks = [];

    [FromQuery(Name = "q")] public string? Search { get; set; }
    public ListPage<AccountRow> List { get; private set; } = null!;
    public long Total { get; private set; }

    /// <summary>How many have open work and no way in, and how many of them are invited.</summary>
    public OwingCount Owing { get; private set; } = new(0, 0);
    public IReadOnlyList<Chip> Chips => string.IsNullOrWhiteSpace(Search) ? [] : [new Chip(Search.Trim(), "q")];

    public async Task OnGetAsync(CancellationToken ct)
    {
        (List, Total) = await accounts.PageAsync(HttpContext.CurrentUser(), Search, Request.Slice(AccountOrders.All), Now, ct);
        Owing = await accounts.OwingCountAsync(HttpContext.CurrentUser(), owing, Now, ct);
        frameworks = await scopes.ListAsync(ct);
    }

    /// <summary>この内容をExcelで.</summary>
    public async Task<IActionResult> OnGetExcelAsync(CancellationToken ct)
    {
        var slice = Request.Slice(AccountOrders.All);
        frameworks = await scopes.ListAsync(ct);
        return new ListSheet<AccountRow>(words["Accounts"], [.. Chips.Select(chip => chip.Text)], words[slice.Order.Name switch { "name" => "Name", "no" => "EmployeeNo", "invited" => "InvitedAt", _ => "SignInName" }], slice.Descending,
        [
            new(words["Name"], 18, (sheet, row) => sheet.Text(row.Name)),
            new(words["SignInName"], 32, (sheet, row) => sheet.Text(row.SignIn)),
            new(words["State"], 14, (sheet, row) => sheet.Text(words[$"State{row.State}"])),
            new(words["Roles"], 36, (sheet, row) => sheet.Text(string.Join(words["Comma"], RolesOf(row)))),
            new(words["Department"], 18, (sheet, row) => sheet.Text(row.Department)),
            new(words["EmployeeNo"], 12, (sheet, row) => sheet.Text(row.EmployeeNo, CellStyle.Code)),
            new(words["InvitedAt"], 17, (sheet, row) => sheet.Instant(row.InvitedAt)),
        ], accounts.AllAsync(HttpContext.CurrentUser(), Search, slice, Now, ct));
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

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
