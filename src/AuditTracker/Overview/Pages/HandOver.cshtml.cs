using AuditTracker.Evidence;
using AuditTracker.People;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using PeopleWords = AuditTracker.People.Words;

namespace AuditTracker.Overview.Pages;

/// <summary>Who takes over what somebody owns or reviews, before they leave or after?</summary>
[May(Role.ComplianceManager)]
public sealed class HandOverModel(PeopleList people, OwedStore owed, HandOver handOver, HandOverLeavers leavers, Choices choices, IStringLocalizer<PeopleWords> words, IStringLocalizerFactory texts) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();

    public PersonRow Person { get; private set; } = null!;
    public PersonRow? Proposed { get; private set; }
    public PeopleFound Candidates { get; private set; } = PeopleFound.Nobody;
    public IReadOnlyList<HeldRequest> Requests { get; private set; } = [];
    public IReadOnlyList<StrayCollection> Collections { get; private set; } = [];

    public sealed class Form
    {
        public string? To { get; set; }
        public string? ToSearch { get; set; }
        public List<long> Requests { get; set; } = [];
        public List<long> Collections { get; set; } = [];
    }

    public async Task<IActionResult> OnGetAsync(string employeeNo, CancellationToken ct)
    {
        if (!await LoadAsync(employeeNo, ct))
        {
            return NotFound();
        }

        Input = new() { To = Proposed?.EmployeeNo, Requests = [.. Requests.Select(request => request.Id)], Collections = [.. Collections.Select(collection => collection.Id)] };
        Candidates = await choices.PickAsync(HttpContext.CurrentUser(), Input.To, null, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string employeeNo, [FromForm(Name = "do")] string? what, CancellationToken ct)
    {
        if (!await LoadAsync(employeeNo, ct))
        {
            return NotFound();
        }

        var isChosen = !string.IsNullOrWhiteSpace(Input.To);
        Candidates = await choices.PickAsync(HttpContext.CurrentUser(), Input.To, Input.ToSearch, ct);
        if (what == "find" || (!isChosen && !string.IsNullOrWhiteSpace(Input.ToSearch)))
        {
            Input.To = Candidates.Meant;
            return Page(); // a search that fits one person has chosen them; that is seen before it counts
        }

        if (!isChosen)
        {
            return this.Invalid("Input.To", words["HandOverToEmpty"]);
        }

        if (Input.Requests.Count + Input.Collections.Count == 0)
        {
            return this.Invalid("", words["HandOverNothing"]);
        }

        try
        {
            var to = Input.To!.Normalize(System.Text.NormalizationForm.FormKC).Trim();
            var done = await handOver.RunAsync(HttpContext.CurrentUser(), Person.EmployeeNo, to, Input.Requests, Input.Collections, ct);
            if (done.Refused.Count == 0)
            {
                return this.Done($"/people/{Uri.EscapeDataString(Person.EmployeeNo)}", words["HandOverDone", done.Done]);
            }

            if (done.Done > 0)
            {
                ModelState.AddModelError("", words["HandOverPartly", done.Done]);
            }

            foreach (var (title, refusal) in done.Refused)
            {
                ModelState.AddModelError("", words["HandOverRefused", title, refusal.In(texts)]);
            }

            await LoadAsync(employeeNo, ct);
            Response.StatusCode = StatusCodes.Status409Conflict;
            return Page();
        }
        catch (InvalidInput wrong)
        {
            return this.Invalid("Input.To", wrong.In(texts));
        }
    }

    private async Task<bool> LoadAsync(string employeeNo, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        if (await people.FindAsync(user, employeeNo.Replace("\0", ""), null, ct) is not { } person)
        {
            return false;
        }

        Person = person;
        Requests = await owed.RequestsAsync(user, person.Id, ct);
        Collections = await handOver.StraysAsync(user, person.Id, ct);
        Proposed = await leavers.ProposedAsync(person.EmployeeNo, ct) is { } next ? await people.FindAsync(user, next, null, ct) : null;
        return true;
    }
}
