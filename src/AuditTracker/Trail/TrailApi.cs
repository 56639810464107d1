using AuditTracker.Platform.Web;
using System.Globalization;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Trail;

/// <summary>The wire of the trail (design §7): keys and ids as they are recorded, personal values as this reader may see them.</summary>
public static class TrailApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/trail").WithTags("trail");
        api.MapGet("", List).May([.. TrailStore.Readers]);
        api.MapGet("/head", Head).May([.. TrailStore.Readers]);
    }

    private static async Task<WireTrail> List(HttpContext http, TrailStore trail, TrailWords words, string? subject, string? actor, string? what, string? kind, DateOnly? from, DateOnly? to, string? after, int? limit, CancellationToken ct)
    {
        var user = http.CurrentUser();
        if (Given(kind) is not (null or "act" or "row"))
        {
            throw InvalidInput.At<Words>("kind", "KindUnknown", kind!);
        }
        long? cursor = Given(after) is not { } text ? null : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw InvalidInput.At<Words>("after", "CursorUnknown", text);
        var actors = Given(actor) is { } typed ? await trail.ActorsAsync(user, typed, ct) : null;
        var slice = new ListSlice(TrailOrders.Time, Descending: true, WireLimit.Of(limit), cursor is null ? null : $"time.{cursor}");
        var page = await trail.ListAsync(user, new TrailFilter(Given(subject), actors, Given(what), Given(kind), from, to), slice, ct);
        return new WireTrail([.. page.Rows.Select(entry => WireEntry.From(entry, words))], page.After is null ? null : page.Rows[^1].Id);
    }

    private static async Task<WireHead> Head(HttpContext http, TrailStore trail, CancellationToken ct)
    {
        var user = http.CurrentUser();
        var hash = (await trail.SealStateAsync(user, ct))?.Hash;
        return await trail.HeadAsync(user, ct) is { } head ? new WireHead(head.Id, head.At, hash) : new WireHead(null, null, hash);
    }

    /// <summary>PostgreSQL takes no NUL in a text; nothing recorded holds one.</summary>
    internal static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Replace("\0", "", StringComparison.Ordinal).Trim();
}

public sealed record WireTrail(IReadOnlyList<WireEntry> Items, long? After);

/// <summary>The newest entry, and the head of the newest seal (which may not cover it yet); <c>hash</c> is null as long as nothing is sealed.</summary>
public sealed record WireHead(long? Id, DateTime? At, string? Hash);

/// <param name="Sound">False when the entry's bytes cannot be read or contradict the columns beside them.</param>
public sealed record WireEntry(long Id, DateTime At, DateTime RecordedAt, string Actor, string? ActorName, string Kind, string What, string Subject, bool Sound,
    IReadOnlyDictionary<string, string?>? Before, IReadOnlyDictionary<string, string?>? After)
{
    public static WireEntry From(TrailEntry entry, TrailWords words) => new(entry.Id, entry.At, entry.RecordedAt, entry.Actor, entry.ActorName, entry.Kind, entry.What, entry.Subject, entry.IsSound,
        entry.Before?.ToDictionary(value => value.Name, words.Value), entry.After?.ToDictionary(value => value.Name, words.Value));
}
