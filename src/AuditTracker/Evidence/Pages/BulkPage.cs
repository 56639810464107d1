using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>
/// What pages share that check a change of many rows of a list before it is made: how many, which cannot and why, who is told. Selection and filters
/// stand in the address; "all that match" sends no ids and is counted again.
/// </summary>
public abstract class BulkPage(IStringLocalizer<Words> words, string list) : PageModel
{
    /// <summary>The room's words.</summary>
    protected IStringLocalizer<Words> T { get; } = words;

    /// <summary>Rows of each kind that are named; the others are counted.</summary>
    public const int Shown = 20;

    [FromQuery(Name = "id")] public long[] Ids { get; set; } = [];
    [FromQuery(Name = "all")] public bool All { get; set; }
    [BindProperty] public Fields Input { get; set; } = new();

    /// <summary>As typed; a page shows the fields its change needs.</summary>
    public sealed class Fields
    {
        public string? To { get; set; }
        public string? ToSearch { get; set; }
        public string? Reason { get; set; }
        public string? EndOn { get; set; }

        /// <summary>How many matched when the check was shown.</summary>
        public int? Seen { get; set; }

        /// <summary>Of acceptances and waivers the rows that were shown, each with the submission it had: <c>17:42</c>, <c>17:</c>.</summary>
        public List<string> Row { get; set; } = [];
    }

    public PeopleFound People { get; private protected set; } = PeopleFound.Nobody;

    /// <summary>It was done, and some rows were left: the page lists them.</summary>
    public bool IsDone { get; private protected set; }

    public abstract int Selected { get; }

    /// <summary>More were chosen than can be changed at once: why nothing is shown.</summary>
    public string? TooMany { get; private protected set; }

    public string Back => LocalPath.Or(Request.Query["back"], list);

    /// <summary>The same page with the new count, when more or fewer match than were seen; null while it is the same.</summary>
    private protected IActionResult? ChangedMeanwhile()
    {
        if (!All || Input.Seen is not { } seen || seen == Selected)
        {
            return null;
        }
        ModelState.Remove("Input.Seen");
        ModelState.AddModelError("", T["BulkChanged", seen, Selected]);
        Response.StatusCode = StatusCodes.Status409Conflict;
        return Page();
    }
}
