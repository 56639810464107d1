using System.Diagnostics;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>
/// Job: reads every stored file again, slowly and by turns, and names those that are gone or whose bytes changed. It mends nothing: a backup has them.
/// Each is written down by itself, so a worker killed anywhere is followed by one that goes on.
/// </summary>
public sealed class ScrubFiles(Db db, BlobStore blobs, Settings settings)
{
    private const int Portion = 200;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(50);

    /// <returns>How many files were read.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var (watch, read) = (Stopwatch.StartNew(), 0);
        foreach (var sha256 in await TurnsAsync(ct))
        {
            var state = await blobs.CheckAsync(sha256, settings.ScrubBytesPerSecond, ct);
            await KeepAsync(sha256, state, ct);
            read++;
            if (watch.Elapsed > Round)
            {
                break;
            }
        }
        return read;
    }

    /// <summary>Those never read first, then the longest unread; what was not whole is looked at again every day.</summary>
    private async Task<IReadOnlyList<string>> TurnsAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var fresh = await connection.ListAsync<string>("select sha256 from kept_blobs b where not exists (select from blob_checks k where k.sha256 = b.sha256) limit @Portion", new { Portion }, ct);
        return fresh.Count > 0 ? fresh : await connection.ListAsync<string>("""
            select k.sha256 from blob_checks k join kept_blobs b on b.sha256 = k.sha256
            where k.checked_at < now() - case when k.state = 'whole' then make_interval(days => @days) else interval '1 day' end order by k.checked_at limit @Portion
            """, new { days = settings.ScrubDays, Portion }, ct);
    }

    private async Task KeepAsync(string sha256, BlobState state, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(ScrubFiles)), ct);
        var before = await work.FirstAsync<string?>("select state from blob_checks where sha256 = @sha256", new { sha256 }, ct);
        var word = state.ToString().ToLowerInvariant();
        // One that was destroyed while it was read is no longer asked for.
        var kept = await work.ExecuteAsync("""
            insert into blob_checks as k (sha256, checked_at, state, since)
            select sha256, clock_timestamp(), @word, case when @word <> 'whole' then clock_timestamp() end from kept_blobs where sha256 = @sha256
            on conflict (sha256) do update set checked_at = excluded.checked_at, state = excluded.state, since = case when excluded.state = 'whole' then null else coalesce(k.since, excluded.since) end
            """, new { sha256, word }, ct);
        if (kept > 0 && state != BlobState.Whole && before != word)
        {
            await work.ActAsync("file.damaged", $"file:{sha256}", new Dictionary<string, string?> { ["sha256"] = sha256, ["damage"] = word }, ct: ct);
        }
        await work.CommitAsync(ct);
    }
}
