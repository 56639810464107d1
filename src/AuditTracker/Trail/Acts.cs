using System.Text.Json;
using AuditTracker.Platform.Database;

namespace AuditTracker.Trail;

/// <summary>The app's only door into the trail: what a use case did, in the same transaction as its rows.</summary>
public static class Acts
{
    /// <summary>
    /// Records one act. Actor and request come from the unit of work, the instant from the server.
    /// </summary>
    /// <param name="work">The operation the act belongs to.</param>
    /// <param name="what">Room and past participle: <c>collection.accepted</c>. Worded at reading.</param>
    /// <param name="subject">Kind and id: <c>collection:12</c>.</param>
    /// <param name="facts">Ids, dates and numbers that are not personal; never names.</param>
    /// <param name="comment">A person's own words; kept as a personal value.</param>
    public static async Task ActAsync(this UnitOfWork work, string what, string subject, IReadOnlyDictionary<string, string?>? facts = null, string? comment = null, CancellationToken ct = default) =>
        await work.FirstAsync<long>("select trail.act(@what, @subject, @facts::jsonb, @comment)",
            new { what, subject, facts = facts is null ? null : JsonSerializer.Serialize(facts), comment }, ct);

    /// <summary>Like <see cref="ActAsync"/> for any number of subjects to which the same was done, in one statement; in their order.</summary>
    public static async Task ActManyAsync(this UnitOfWork work, string what, IReadOnlyCollection<string> subjects, IReadOnlyDictionary<string, string?>? facts = null, string? comment = null, CancellationToken ct = default) =>
        await work.FirstAsync<long?>("select max(trail.act(@what, n.subject, @facts::jsonb, @comment)) from unnest(@subjects) n (subject)",
            new { what, subjects = subjects.ToArray(), facts = facts is null ? null : JsonSerializer.Serialize(facts), comment }, ct);
}
