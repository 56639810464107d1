using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>How many rows a sample has: the table that holds, those to come and those that held. Compliance managers set the next one.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer)]
public sealed class SampleTablesModel(SetSampleSizes sizes, CompanyDays days, IStringLocalizer<Words> words) : PageModel
{
    /// <summary>Steps by population that the form has room for.</summary>
    public const int Steps = 5;

    /// <summary>As typed.</summary>
    public sealed class Fields
    {
        public string? From { get; set; }
        public string? Yearly { get; set; }
        public string? Quarterly { get; set; }
        public string? Monthly { get; set; }
        public string? Weekly { get; set; }
        public string? Daily { get; set; }
        public string?[] UpTo { get; set; } = new string?[Steps];
        public string?[] Size { get; set; } = new string?[Steps];
        public string? Beyond { get; set; }
        public string? Reason { get; set; }
        public IEnumerable<(string Basis, string? Typed)> Regular => [("yearly", Yearly), ("quarterly", Quarterly), ("monthly", Monthly), ("weekly", Weekly), ("daily", Daily)];
    }

    [BindProperty] public Fields Input { get; set; } = new();
    public IReadOnlyList<SampleSizeTable> Tables { get; private set; } = [];
    public CompanyDay Day { get; private set; } = null!;
    public SampleSizeTable Now => Tables.First(table => table.ValidFrom <= Day.Today);
    public bool MaySet => HttpContext.CurrentUser().Is(Role.ComplianceManager);

    public async Task OnGetAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        string? Of(string basis) => Tables[0].Lines.FirstOrDefault(line => line.Basis == basis) is { Size: { } size } ? $"{size}" : null;
        Input = new Fields { Yearly = Of("yearly"), Quarterly = Of("quarterly"), Monthly = Of("monthly"), Weekly = Of("weekly"), Daily = Of("daily") };
        foreach (var (line, at) in Tables[0].Lines.Where(line => line is { Basis: "event", UpTo: not null }).Take(Steps).Select((line, at) => (line, at)))
        {
            (Input.UpTo[at], Input.Size[at]) = ($"{line.UpTo}", $"{line.Size}");
        }
        Input.Beyond = Tables[0].Lines.FirstOrDefault(line => line is { Basis: "event", UpTo: null }) is { Size: { } beyond } ? $"{beyond}" : null;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!MaySet)
        {
            return NotFound();
        }
        await LoadAsync(ct);
        try
        {
            DateOnly? from = TypedDate.ReadOptional(Input.From, "from", Day.FiscalYear);
            await sizes.RunAsync(HttpContext.CurrentUser(), from, [.. Lines()], Input.Reason, ct);
            return this.Done("/evidence/sample-sizes", words["DoneSampleTable", DateText.Plain(from!.Value)]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }

    private IEnumerable<SampleSizeLine> Lines()
    {
        foreach (var (basis, typed) in Input.Regular)
        {
            yield return new(default, basis, null, Number(basis, typed));
        }
        for (var at = 0; at < Steps; at++)
        {
            if ((Prose.Given(Input.UpTo.ElementAtOrDefault(at)), Prose.Given(Input.Size.ElementAtOrDefault(at))) is var (upTo, size) && (upTo ?? size) is not null)
            {
                yield return new(default, "event", Number("upTo", upTo) ?? throw InvalidInput.At<Words>("upTo", "SampleTableStep"), Number("upTo", size));
            }
        }
        yield return new(default, "event", null, Number("beyond", Input.Beyond));
    }

    private static int? Number(string field, string? typed) =>
        Prose.Given(typed) is not { } text ? null : RequestFields.Number(text) ?? throw InvalidInput.At<Words>(field, "SampleSizeUnreadable");

    private async Task LoadAsync(CancellationToken ct)
    {
        Day = await days.LoadAsync(ct);
        Tables = await sizes.TablesAsync(ct);
    }
}
