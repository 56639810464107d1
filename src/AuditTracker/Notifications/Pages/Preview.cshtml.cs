using System.Text;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Notifications.Pages;

/// <summary>What somebody's mail would say now, in both languages, without sending it.</summary>
[May(Role.ComplianceManager)]
public sealed class PreviewModel(PreviewMail preview, IStringLocalizer<AuditTracker.Notifications.Words> words) : PageModel
{
    [FromQuery(Name = "q")] public string? Search { get; set; }
    [FromQuery(Name = "person")] public string? EmployeeNo { get; set; }
    [FromQuery(Name = "language")] public string? Asked { get; set; }

    /// <summary>With what was told before and is still open.</summary>
    [FromQuery(Name = "told")] public bool Told { get; set; }

    public SeenPerson? Person { get; private set; }
    public IReadOnlyList<SeenPerson> People { get; private set; } = [];
    public SeenMail? Seen { get; private set; }
    public string Language => Asked is "ja" or "en" ? Asked : Person?.Language ?? "ja";

    public async Task OnGetAsync(CancellationToken ct)
    {
        SecurityHeaders.MayFrame(HttpContext);
        // Whoever searches wants another person.
        if (string.IsNullOrEmpty(EmployeeNo) || !string.IsNullOrWhiteSpace(Search))
        {
            People = await preview.PeopleAsync(HttpContext.CurrentUser(), Search, ct);
            return;
        }
        await LoadAsync(ct);
    }

    /// <summary>The HTML for the frame.</summary>
    public async Task<IActionResult> OnGetFrameAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        if (Seen is null)
        {
            return NotFound();
        }
        SecurityHeaders.IsFramedMail(HttpContext);
        return File(Encoding.UTF8.GetBytes(Seen.Html), "text/html; charset=utf-8");
    }

    public async Task<IActionResult> OnPostSelfAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        if (Seen is null)
        {
            return this.Done(With(Language, Told), words["NothingToTellNow"]);
        }
        var id = await preview.SendToSelfAsync(HttpContext.CurrentUser(), Seen, $"person:{Person!.Id}", ct);
        return this.Done(With(Language, Told), words["SeenSent"], $"/mails/{id}", words["OpenMail"]);
    }

    public string With(string language, bool told) => $"/mails/preview?person={Uri.EscapeDataString(EmployeeNo ?? "")}&language={language}{(told ? "&told=true" : "")}";

    public string Here(string handler) => $"{With(Language, Told)}&handler={handler}";

    private async Task LoadAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Person = await preview.FindAsync(user, EmployeeNo ?? throw new NotFound(), ct);
        Seen = await preview.OfPersonAsync(user, Person.Id, Language, Told, ct);
    }
}
