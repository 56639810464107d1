using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Primitives;

namespace AuditTracker.Evidence.Pages;

/// <summary>The samples of a collection, and the form a population comes in by. The form is read as it arrives (see <see cref="HandInModel"/>).</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer)]
[IgnoreAntiforgeryToken, ReadsFormItself]
public sealed class SamplesModel(ShowCollection show, SampleStore samples, TakePopulation take, SampleQueries queries, BlobStore blobs, Settings settings, IStringLocalizer<Words> words) : PageModel
{
    public sealed class Fields
    {
        public string Key { get; set; } = HandInFields.NewKey();
        public string? Name { get; set; }
        public string? Source { get; set; }
        public string? AsOf { get; set; }
        public string? Origin { get; set; }
        public string? Completeness { get; set; }

        /// <summary>Only names the field; files go past model binding.</summary>
        public string? File { get; set; }
    }

    public Fields Input { get; private set; } = new();
    public CollectionView View { get; private set; } = null!;
    public IReadOnlyList<Sample> Samples { get; private set; } = [];
    public int MostRows => settings.SampleMaxRows;
    public IReadOnlyList<string> Queries { get; private set; } = [];

    /// <summary>The form came back; browsers do not keep which file was chosen.</summary>
    public bool IsRefused => Response.StatusCode >= StatusCodes.Status400BadRequest && Input.Source == "upload";
    public bool MayWork => View.IsOpenForHandIn;

    /// <summary>母集団, 件数と抽出, 結果, 結論.</summary>
    public static IReadOnlyList<string> Steps(IStringLocalizer words) => [words["SampleStepTake"], words["SampleStepDraw"], words["SampleStepJudge"], words["SampleStepConclude"]];

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
        {
            return NotFound();
        }
        Input.AsOf = DateText.Iso(View.Day.Today);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct) || !View.Terms.MayHandIn)
        {
            return NotFound();
        }
        var (user, token, asOf) = (HttpContext.CurrentUser(), MultipartUpload.Antiforgery(HttpContext), default(DateOnly?));
        try
        {
            var upload = await MultipartUpload.ReadAsync(HttpContext, blobs, new UploadLimits { MaxFileBytes = settings.UploadMaxBytes, MaxFiles = 1 }, async fields =>
            {
                Keep(fields);
                if (!await token(fields))
                {
                    return false;
                }
                asOf = TypedDate.ReadOptional(Input.AsOf, "asOf", View.Day.FiscalYear);
                await take.CheckAsync(user, id, Said(asOf), ct);
                return true;
            }, ct);
            if (upload.TooLarge.Count > 0)
            {
                return this.Invalid("Input.File", words["FileTooLargeHere", upload.TooLarge[0], Prose.Size(settings.UploadMaxBytes)]);
            }
            var sample = await take.RunAsync(user, id, Said(asOf), upload.Files is [var file, ..] ? file : null, ct);
            return this.Done($"/evidence/samples/{sample}", words["DoneSampleTaken"]);
        }
        catch (Refusal refusal)
        {
            Input.Key = refusal.Key == FormKey.Used ? HandInFields.NewKey() : Input.Key;
            return this.Refused(refusal);
        }
        catch (UploadRefusedException refused) when (refused.IsTooMuch())
        {
            return this.TooMuch(refused, words);
        }
    }

    private PopulationInput Said(DateOnly? asOf) => new(Input.Key, Input.Name, Input.Source, Input.Origin, Input.Completeness, asOf);

    private async Task<bool> LoadAsync(long id, CancellationToken ct)
    {
        View = (await show.FindAsync(HttpContext.CurrentUser(), id, ct))!;
        if (View is not null)
        {
            Samples = await samples.OfCollectionAsync(HttpContext.CurrentUser(), id, ct);
            Queries = await queries.ForAsync(HttpContext.CurrentUser(), ct);
        }
        return View is not null;
    }

    private void Keep(IReadOnlyDictionary<string, StringValues> fields)
    {
        string? Field(string name) => fields.TryGetValue($"Input.{name}", out var values) ? values.ToString() : null;
        Input = new Fields
        {
            Key = Field("Key") is { Length: > 0 and <= 100 } key ? key : Input.Key,
            Name = Field("Name"),
            Source = Field("Source"),
            AsOf = Field("AsOf"),
            Origin = Field("Origin"),
            Completeness = Field("Completeness"),
        };
    }
}
