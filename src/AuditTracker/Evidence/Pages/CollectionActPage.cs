using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>A page of its own for one thing that is done to a collection: what it is about, then the form.</summary>
public abstract class CollectionActPage(ShowCollection show, IStringLocalizer<Words> words) : PageModel
{
    /// <summary>The room's words.</summary>
    protected IStringLocalizer<Words> T { get; } = words;

    public CollectionView View { get; private set; } = null!;

    [BindProperty] public ActFields Input { get; set; } = new();

    /// <summary>Whether the reader has any business on this page.</summary>
    protected abstract bool MayOpen { get; }

    protected CurrentUser Caller => HttpContext.CurrentUser();

    protected async Task<bool> LoadAsync(long id, CancellationToken ct)
    {
        var found = await show.FindAsync(Caller, id, ct);
        View = found!;
        return found is not null && MayOpen;
    }

    /// <summary>Does it and goes back to the collection; a refusal is the same page with everything typed.</summary>
    protected async Task<IActionResult> ActAsync(long id, Func<Task> act, string done, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
        {
            return NotFound();
        }
        try
        {
            await act();
            return this.Done($"/evidence/collections/{id}", T[done, View.Row.AssigneeName]);
        }
        catch (Refusal refusal)
        {
            await LoadAsync(id, ct);
            return this.Refused(refusal);
        }
    }
}

/// <summary>What these forms ask for.</summary>
public sealed class ActFields
{
    public string? Reason { get; set; }
    public string? DueOn { get; set; }

    /// <summary>Of an occurrence that has not opened.</summary>
    public string? OpensOn { get; set; }

    /// <summary>Employee number.</summary>
    public string? Owner { get; set; }

    /// <summary>Also the periods to come.</summary>
    public bool Whole { get; set; }
}
