using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Notifications.Pages;

/// <summary>Every mail there is: look at it, change what it says.</summary>
[May(Role.ComplianceManager, Role.Administrator)]
public sealed class TemplatesModel(MailTemplates templates, IStringLocalizer<Words> words) : PageModel
{
    public IReadOnlyList<ListedMail> Mails { get; private set; } = [];

    public bool SeesPeople => HttpContext.CurrentUser().Is(Role.ComplianceManager);

    public void OnGet() => Mails = templates.List();

    public string Name(string mail) => MailNames.Of(words, mail);
}

/// <summary>What people call a mail: <c>evidence/collection-opened</c> has the words <c>MailNameEvidenceCollectionOpened</c>.</summary>
public static class MailNames
{
    public static string Of(IStringLocalizer words, string mail) => words[$"MailName{string.Concat(mail.Split('/', '-').Select(part => char.ToUpperInvariant(part[0]) + part[1..]))}"] is { ResourceNotFound: false } known ? known : mail;
}
