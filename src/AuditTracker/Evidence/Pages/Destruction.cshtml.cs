using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>Files whose term has ended: what may be destroyed, what a hold stops, what was approved, and the proof of what is gone.</summary>
[May(Role.ComplianceManager)]
public sealed class DestructionModel(DueFiles files, DecideRetention decide, CompanyDays days, IStringLocalizer<Words> words) : PageModel
{
    public sealed class Fields
    {
        public string? Reason { get; set; }
    }

    [FromQuery(Name = "state")] public string? Given { get; set; }
    /// <summary>samples: populations of samples; anything else: files of evidence.</summary>
    [FromQuery(Name = "of")] public string? Of { get; set; }
    [BindProperty] public Fields Input { get; set; } = new();

    public string State => DueFiles.States.Contains(Given) ? Given! : "due";
    public Destroyable What => Destroyable.Of(Of);

    /// <summary>The address of a list of the same kind.</summary>
    public string At(string state) => $"/evidence/destruction?state={state}{(What == Destroyable.Samples ? "&of=samples" : "")}";
    public ListPage<DueFile> List { get; private set; } = null!;
    public long Total { get; private set; }
    public CompanyDay Day { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct)
    {
        var (user, slice) = (HttpContext.CurrentUser(), Request.Slice(What.Order));
        Day = await days.LoadAsync(ct);
        List = await files.PageAsync(user, State, null, slice, ct, What);
        Total = List is { Before: null, After: null } ? List.Rows.Count : await files.CountAsync(user, State, null, ListQuery.Cap, ct, What);
    }

    /// <summary>Takes approvals back; what was chosen and typed is still there when that is refused.</summary>
    public async Task<IActionResult> OnPostWithdrawAsync([FromForm(Name = "id")] long[] ids, CancellationToken ct)
    {
        try
        {
            var withdrawn = await decide.WithdrawAsync(HttpContext.CurrentUser(), ids, Input.Reason, What, ct);
            return this.Done(At("due"), words["DoneApprovalsWithdrawn", withdrawn]);
        }
        catch (Refusal refusal)
        {
            await OnGetAsync(ct);
            return this.Refused(refusal);
        }
    }

    /// <summary>この内容をExcelで.</summary>
    public async Task<IActionResult> OnGetExcelAsync(CancellationToken ct)
    {
        var (user, slice) = (HttpContext.CurrentUser(), Request.Slice(What.Order));
        Day = await days.LoadAsync(ct);
        return new ListSheet<DueFile>(words["Destruction"], [words[What == Destroyable.Samples ? "DestructionSamples" : "Files"], words[Word(State)]], words["KeepUntil"], slice.Descending, Columns, files.AllAsync(user, State, slice, ct, What));
    }

    /// <summary>廃棄の対象, of a list.</summary>
    public static string Word(string state) => $"Destruction{char.ToUpperInvariant(state[0])}{state[1..]}";

    private ListColumn<DueFile>[] Columns =>
    [
        new(words["FileName"], 36, (sheet, row) => sheet.Text(row.FileName)),
        new(words["Name"], 36, (sheet, row) => sheet.Text(row.Title)),
        new(words["PeriodCovered"], 18, (sheet, row) => sheet.Text(Day.Label(row.PeriodFrom, row.PeriodTo))),
        new(words["RetentionClass"], 30, (sheet, row) => sheet.Text(row.Class(Prose.Language))),
        new(words["RetentionMonths"], 12, (sheet, row) => sheet.Number(row.Months)),
        new(words["RuleValidFrom"], 12, (sheet, row) => sheet.Date(row.RuleFrom)),
        new(words["KeepUntil"], 12, (sheet, row) => sheet.Date(row.KeepUntil)),
        new(words["FileSize"], 12, (sheet, row) => sheet.Number(row.Size)),
        new("SHA-256", 32, (sheet, row) => sheet.Text(row.Sha256, CellStyle.Hash)),
        new(words["HoldReason"], 30, (sheet, row) => sheet.Text(row.HoldReason)),
        new(words["ApprovedBy"], 16, (sheet, row) => sheet.Text(row.ApprovedBy)),
        new(words["ApprovedAt"], 17, (sheet, row) => sheet.Instant(row.ApprovedAt)),
        new(words["Reason"], 30, (sheet, row) => sheet.Text(row.Reason)),
        new(words["DestroyedAt"], 17, (sheet, row) => sheet.Instant(row.DestroyedAt)),
        new(words["BytesGone"], 16, (sheet, row) => sheet.Text(row.BytesWord is { } word ? words[word].Value : null)),
    ];
}
