using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>A content whose turn it is.</summary>
public sealed record ScanTurn(string Sha256);

/// <summary>SQL of scans: whose turn it is, and what came of it.</summary>
public sealed class ScanStore(Db db, Settings settings)
{
    private static readonly Actor Worker = Actor.Job(nameof(ScanFiles));

    /// <summary>So long after no answer it is tried again.</summary>
    private const string Again = "interval '10 minutes'";

    /// <summary>New files first, the longest waiting of them; then those to be asked again. What was destroyed has no turn. Null: nothing is due.</summary>
    public async Task<ScanTurn?> NextAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<ScanTurn>("select s.sha256 from blob_scans s join kept_blobs b on b.sha256 = s.sha256 where s.state = 'waiting' order by s.due_at, s.sha256 limit 1", ct: ct)
            ?? await connection.FirstAsync<ScanTurn>("select s.sha256 from blob_scans s join kept_blobs b on b.sha256 = s.sha256 where s.state <> 'waiting' and s.due_at <= now() order by s.due_at, s.sha256 limit 1", ct: ct);
    }

    /// <summary>The scanner answers; what it could not be asked before has its turn now.</summary>
    public async Task ReachedAsync(string version, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Worker, ct);
        var wasAway = await work.FirstAsync<bool>("select away_since is not null from scanner_state for update", ct: ct);
        await work.ExecuteAsync("update scanner_state set version = @version, answered_at = clock_timestamp(), away_since = null, failure = null", new { version }, ct);
        await work.ExecuteAsync("update blob_scans set due_at = now() where state = 'notScanned' and (due_at is null or due_at > now()) and (reason = 'noScanner' or (@wasAway and reason in ('noAnswer', 'refused')))", new { wasAway }, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Nobody answers: files keep their states and wait.</summary>
    public async Task AwayAsync(string failure, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Worker, ct);
        await work.ExecuteAsync("update scanner_state set away_since = coalesce(away_since, clock_timestamp()), failure = @failure", new { failure }, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>No scanner is set: files are not scanned, and why is said; passwords are noted all the same.</summary>
    public async Task KeepUnaskedAsync(string sha256, bool locked, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Worker, ct);
        await work.ExecuteAsync("""
            update blob_scans set state = 'notScanned', reason = 'noScanner', locked = @locked, due_at = null where sha256 = @sha256;
            """, new { sha256, locked }, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>No scanner is set any more: nobody is away.</summary>
    public async Task UnsetAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Worker, ct);
        await work.ExecuteAsync("update scanner_state set away_since = null, failure = null where away_since is not null", ct: ct);
        await work.ExecuteAsync("update blob_scans set due_at = null where state <> 'waiting' and due_at <= now()", ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Writes down what came of a scan; what was found is taken out of reach and told, in the same transaction.</summary>
    /// <param name="reason">Why it is not scanned; null: it is.</param>
    public async Task KeepAsync(string sha256, ScanResult? result, string? reason, bool locked, string signatures, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Worker, ct);
        var state = result?.Outcome switch { ScanOutcome.Infected => "infected", ScanOutcome.Clean when reason is null => "clean", _ => "notScanned" };
        await work.ExecuteAsync($"""
            update blob_scans set state = @state, reason = @reason, locked = @locked, scanned_at = clock_timestamp(), signatures = @signatures,
                due_at = now() + case when @reason in ('noAnswer', 'refused', 'gone', 'unreadable') then {Again} else make_interval(days => @days) end
            where sha256 = @sha256
            """, new { sha256, state, reason = state == "notScanned" ? reason : null, locked, signatures, days = settings.ScanAgainDays }, ct);
        if (state == "infected" && await work.FirstAsync<long?>("""
            insert into quarantines (sha256, found, signatures, found_at) values (@sha256, @found, @signatures, @Now) on conflict do nothing returning id
            """, new { sha256, found = result!.Found, signatures, work.Now }, ct) is { } quarantine)
        {
            await FileMails.TellQuarantinedAsync(work, quarantine, result.Found, ct);
            await work.ActAsync("file.quarantined", Quarantine.Subject(quarantine), new Dictionary<string, string?> { ["sha256"] = sha256, ["found"] = result.Found, ["signatures"] = signatures }, ct: ct);
        }
        await work.CommitAsync(ct);
    }
}
