using System.Text;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Notifications.Pages;

/// <param name="Frame">Where the HTML comes from.</param>
public sealed record SeenParts(SeenMail Seen, string Frame, string Language);

/// <summary>One mail as it looks with sample values, and its parts to change.</summary>
[May(Role.ComplianceManager, Role.Administrator)]
public sealed class TemplateModel(MailTemplates templates, PreviewMail preview, IStringLocalizer<AuditTracker.Notifications.Words> words) : PageModel
{
    [FromRoute(Name = "room")] public string Room { get; set; } = "";
    [FromRoute(Name = "mail")] public string MailName { get; set; } = "";
    [FromQuery(Name = "language")] public string Language { get; set; } = "ja";
    [FromQuery(Name = "few")] public bool Few { get; set; }

    public string Mail => $"{Room}/{MailName}";
    public string Name => MailNames.Of(words, Mail);
    public bool IsLayout => Mail == "notifications/layout";
    public SeenMail Seen { get; private set; } = null!;
    public IReadOnlyList<PartRecord> Parts { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        SecurityHeaders.MayFrame(HttpContext);
        var parts = new List<PartRecord>();
        foreach (var part in templates.PartsOf(Mail, Language))
        {
            parts.Add(await templates.FindAsync(part, ct));
        }
        Parts = parts;
        Seen = await preview.OfSampleAsync(HttpContext.CurrentUser(), Mail, Language, Few, ct);
        return Page();
    }

    /// <summary>The HTML for the frame.</summary>
    public async Task<IActionResult> OnGetFrameAsync(CancellationToken ct)
    {
        _ = templates.PartsOf(Mail, Language);
        var seen = await preview.OfSampleAsync(HttpContext.CurrentUser(), Mail, Language, Few, ct);
        SecurityHeaders.IsFramedMail(HttpContext);
        return File(Encoding.UTF8.GetBytes(seen.Html), "text/html; charset=utf-8");
    }

    public async Task<IActionResult> OnPostSelfAsync(CancellationToken ct)
    {
        _ = templates.PartsOf(Mail, Language);
        var user = HttpContext.CurrentUser();
        var id = await preview.SendToSelfAsync(user, await preview.OfSampleAsync(user, Mail, Language, Few, ct), Mail, ct);
        return this.Done(With(Language, Few), words["SeenSent"], $"/mails/{id}", words["OpenMail"]);
    }

    public string With(string language, bool few) => $"/mails/templates/{Mail}?language={language}{(few ? "&few=true" : "")}";

    public string Here(string handler) => $"{With(Language, Few)}&handler={handler}";
}
