using System.Text.Json;
using AuditTracker.Controls;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;

namespace AuditTracker.Overview;

/// <summary>The wire of frameworks and controls (design §7).</summary>
public static class OverviewApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/frameworks", async (ShowItems show, HttpContext http, CancellationToken ct) =>
            new WirePage<FrameworkAnswer>([.. (await show.FrameworksAsync(http.CurrentUser(), ct)).Select(FrameworkAnswer.Of)], null))
            .May().WithTags("controls");

        app.MapGet("/api/controls", async (ShowItems show, CoverageWords words, HttpContext http, string? framework, string? after, int? limit, CancellationToken ct) =>
        {
            var most = WireLimit.Of(limit);
            var rest = (await show.ListAsync(http.CurrentUser(), new ItemFilter(Framework: framework), ct)).AsEnumerable();
            if (after is not null)
            {
                rest = rest.SkipWhile(item => Cursor(item.Item) != after).Skip(1);
            }
            var page = rest.Take(most + 1).ToList();
            return new WirePage<ControlAnswer>([.. page.Take(most).Select(item => ControlAnswer.Of(item, words))], page.Count > most ? Cursor(page[most - 1].Item) : null);
        }).May().WithTags("controls");

        app.MapPatch("/api/controls/{framework}/{itemRef}", async (ChangeControl change, ShowItems show, CoverageWords words, HttpContext http, string framework, string itemRef, ControlPatch patch, CancellationToken ct) =>
        {
            var user = http.CurrentUser();
            await change.RunAsync(user, framework, itemRef, patch.ToChange(), ct);
            return ControlAnswer.Of(await show.FindAsync(user, framework, itemRef, ct) ?? throw new NotFound(), words);
        }).May(Role.ComplianceManager).WithTags("controls").WithMetadata(new DescribedBody(typeof(ControlPatchBody), "application/json"));
    }

    private static string Cursor(Item item) => $"{item.Framework}:{item.Ref}";
}

/// <param name="Items">Assessable items, those not applicable included.</param>
/// <param name="Covered">Items proven now; 0 for archived editions and references, which are not counted.</param>
public sealed record FrameworkAnswer(string Key, string TitleJa, string TitleEn, string Edition, bool Archived, int Items, int Covered)
{
    public static FrameworkAnswer Of(FrameworkCoverage from) => new(from.Framework.Key, from.Framework.TitleJa, from.Framework.TitleEn, from.Framework.Edition,
        from.Framework.Archived, from.Items, from.In(CoverageState.Covered));
}

/// <param name="Coverage">Null for archived editions and references.</param>
public sealed record ControlAnswer(string Framework, string Ref, string OfficialRef, string TitleJa, string TitleEn, bool Applicable, string Reason, string? Owner, string Implementation, int Version, CoverageAnswer? Coverage)
{
    public static ControlAnswer Of(CoveredItem from, CoverageWords words) => new(from.Item.Framework, from.Item.Ref, from.Item.OfficialRef, from.Item.TitleJa, from.Item.TitleEn,
        from.Item.Applicable, from.Item.Reason, from.Item.Owner, from.Item.Implementation, from.Item.Version,
        from.Coverage is { } coverage ? new CoverageAnswer(coverage.State.ToString().ToLowerInvariant(), words.Explain(coverage), coverage.FreshUntil) : null);
}

/// <param name="FreshUntil">The last covered day.</param>
public sealed record CoverageAnswer(string State, string Explanation, DateOnly? FreshUntil);

/// <summary>The same as the API's document shows it: the owner is an employee number.</summary>
public sealed record ControlPatchBody(int Version, bool? Applicable = null, string? Reason = null, string? Owner = null, string? Implementation = null);

/// <summary>What to change; a key left out stays as it is, <c>"owner": null</c> means nobody.</summary>
public sealed record ControlPatch(bool? Applicable, string? Reason, JsonElement Owner, string? Implementation, int? Version)
{
    /// <exception cref="InvalidInput">The version is missing, or the owner no employee number.</exception>
    public ControlChange ToChange() => new(
        Version ?? throw InvalidInput.At<Words>("version", "VersionMissing"), Applicable, Reason, Implementation,
        SetsOwner: Owner.ValueKind != JsonValueKind.Undefined,
        Owner: Owner.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => null,
            JsonValueKind.String => Owner.GetString(),
            _ => throw InvalidInput.At<Words>("owner", "OwnerIsText"),
        });
}
