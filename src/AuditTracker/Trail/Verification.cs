using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Jobs;
using AuditTracker.Platform.Security;

namespace AuditTracker.Trail;

/// <summary>A verification that a worker does or did.</summary>
/// <param name="Actor">Who asked, as in the trail; null: it came round by the week.</param>
/// <param name="State"><c>queued</c>, <c>running</c>, <c>done</c>, or <c>failed</c>: it could not be carried through.</param>
/// <param name="Findings">How many faults were found; null before it is done.</param>
/// <param name="First">The first of them.</param>
public sealed record Verification(long Id, string? Actor, string? ActorName, DateTime AskedAt, string State, long Done, long Total, DateTime? FinishedAt, TimeSpan? Took, long? Entries, long? Rows, int? Findings, Finding? First)
{
    public bool IsUnderWay => State is "queued" or "running";

    public bool IsSound => State == "done" && Findings == 0;
}

/// <summary>Asking for a verification, and reading how the last ones went. The work itself is <see cref="RunVerifications"/>'s.</summary>
public sealed class Verifications(Db db, IJobEngine jobs, ILogger<Verifications> log, NameActors? nameActors = null)
{
    /// <summary>Reading the trail is not enough: a verification keeps the machine busy.</summary>
    public static IReadOnlyList<Role> Askers { get; } = [Role.Administrator, Role.InternalAuditor];

    public static bool MayAsk(CurrentUser user) => user.IsAny([.. Askers]);

    private sealed record Row(long Id, long? ByAccount, DateTime AskedAt, string State, long Done, long Total, DateTime? FinishedAt, long? TookMs, long? Entries, long? CheckedRows, int? Findings, string? FirstKind, string? FirstWhere, string? FirstDetail);

    /// <exception cref="NotFound">The user may not ask.</exception>
    /// <exception cref="Refusal">One is under way.</exception>
    public async Task<long> AskAsync(CurrentUser user, CancellationToken ct = default)
    {
        if (!MayAsk(user))
        {
            throw new NotFound();
        }
        long id;
        await using (var work = await db.BeginAsync(Actor.Of(user), ct))
        {
            id = await work.FirstAsync<long?>("insert into trail_verifications (by_account, asked_at) values (@AccountId, @Now) on conflict do nothing returning id", new { user.AccountId, work.Now }, ct)
                ?? throw Refusal.Of<Words>("VerificationUnderWay");
            await work.ActAsync("trail.verificationAsked", $"verification:{id}", ct: ct);
            await work.CommitAsync(ct);
        }
        try
        {
            await jobs.RunNowAsync(nameof(RunVerifications), ct);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            log.LogWarning(problem, "No worker could be woken; the next round verifies the trail");
        }
        return id;
    }

    /// <summary>The newest of all, and the newest that has ended; null where there is none, and for whoever may not read the trail.</summary>
    public async Task<(Verification? Newest, Verification? Ended)> LastAsync(CurrentUser user, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        var rows = await connection.ListAsync<Row>("""
            select id, by_account, asked_at, state, done, total, finished_at, took_ms, entries, checked_rows, findings, first_kind, first_where, first_detail from trail_verifications
            where @allowed and id in ((select max(id) from trail_verifications), (select max(id) from trail_verifications where state in ('done', 'failed'))) order by id desc
            """, new { allowed = user.IsAny([.. TrailStore.Readers]) }, ct);
        var actors = rows.Select(row => ActorOf(row.ByAccount)).OfType<string>().Distinct().ToList();
        var names = nameActors is null || actors.Count == 0 ? null : await nameActors(actors, ct);
        var shown = rows.Select(row => new Verification(row.Id, ActorOf(row.ByAccount), ActorOf(row.ByAccount) is { } actor ? names?.GetValueOrDefault(actor) : null, row.AskedAt, row.State, row.Done, row.Total, row.FinishedAt,
            row.TookMs is { } took ? TimeSpan.FromMilliseconds(took) : null, row.Entries, row.CheckedRows, row.Findings,
            row.FirstKind is { } kind ? new Finding(Enum.Parse<FindingKind>(kind), row.FirstWhere!, row.FirstDetail ?? "") : null)).ToList();
        return (shown.FirstOrDefault(), shown.Find(one => !one.IsUnderWay));
    }

    private static string? ActorOf(long? account) => account is { } id ? FormattableString.Invariant($"account:{id}") : null;
}
