using AuditTracker.Platform.Database;

namespace AuditTracker.Trail;

/// <summary>
/// The job that seals what can no longer change, every few seconds, and notes the newest head outside the database. It waits for nobody and nobody
/// waits for it: what is still being written is sealed later.
/// </summary>
public sealed class SealTrail(Db db, HeadJournal journal)
{
    /// <returns>How many batches were sealed.</returns>
    public async Task<int> RunAsync(CancellationToken ct = default)
    {
        int made;
        await using (var work = await db.BeginAsync(Actor.Job(nameof(SealTrail)), ct))
        {
            made = await work.FirstAsync<int>("select trail.seal()", ct: ct);
            await work.CommitAsync(ct);
        }
        // Read anew rather than taken from above: a kill between the two is made good by the next run.
        await using var connection = await db.OpenAsync(ct);
        if (await connection.FirstAsync<HeadRow?>("select number, head from trail.seals order by number desc limit 1", ct: ct) is { } newest)
        {
            journal.Note(newest.Number, newest.Head);
        }
        return made;
    }

    private sealed record HeadRow(long Number, byte[] Head);
}
