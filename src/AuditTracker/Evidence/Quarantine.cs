using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>What the scanner found in a content, and what was decided about it.</summary>
public sealed record QuarantineRow(long Id, string Sha256, string Found, string Signatures, DateTime FoundAt, string? Decision, string? DecidedBy, DateTime? DecidedAt, string? Reason);

/// <summary>A file that has the content: evidence, or what was sent for a sample.</summary>
public sealed record QuarantinedFile(string FileName, long Size, long CollectionId, string Title, DateOnly PeriodFrom, DateOnly PeriodTo, string By, DateTime At);

/// <summary>
/// Files the scanner found something in are out of reach of everybody: a compliance manager says that it is a mistake (released) or that it is none
/// (confirmed), with a reason. A finding that was confirmed may still be released.
/// </summary>
public sealed class Quarantine(Db db)
{
    /// <summary>What an act and a notice are about.</summary>
    public static string Subject(long id) => $"quarantine:{id}";

    /// <summary>Null when it is not there or not the reader's to see.</summary>
    public async Task<(QuarantineRow Row, IReadOnlyList<QuarantinedFile> Files)?> FindAsync(CurrentUser user, long id, CancellationToken ct)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            return null;
        }
        await using var connection = await db.OpenAsync(ct);
        var row = await connection.FirstAsync<QuarantineRow>("""
            select q.id, q.sha256, q.found, q.signatures, q.found_at, q.decision, coalesce(p.name, nullif(a.name, ''), a.sign_in) as decided_by, q.decided_at, q.reason
            from quarantines q left join accounts a on a.id = q.decided_by left join people p on p.id = a.person_id where q.id = @id
            """, new { id }, ct);
        return row is null ? null : (row, await connection.ListAsync<QuarantinedFile>("""
            select f.file_name, f.size, c.id as collection_id, v.title, c.period_from, c.period_to, coalesce(p.name, nullif(a.name, ''), a.sign_in) as by, f.at
            from (
                select e.file_name, e.size, s.collection_id, s.by_account, s.by_person, s.at from evidence e join submissions s on s.id = e.submission_id where e.kind = 'file' and e.sha256 = @Sha256
                union all
                select x.file_name, x.size, s.collection_id, x.by_account, x.by_person, x.at
                from sample_files x join sample_rows r on r.id = x.row_id join samples s on s.id = r.sample_id where x.sha256 = @Sha256
                union all
                select s.original_name, s.original_size, s.collection_id, s.by_account, s.by_person, s.taken_at from samples s where s.original_sha256 = @Sha256) f
            join collections c on c.id = f.collection_id join request_versions v on v.request_id = c.request_id and v.version = c.version
            join accounts a on a.id = f.by_account left join people p on p.id = f.by_person
            order by f.at desc, c.id desc, f.file_name limit 100
            """, row, ct));
    }

    /// <param name="decision">released or confirmed.</param>
    /// <exception cref="NotFound">Not there, or not the user's to decide.</exception>
    /// <exception cref="InvalidInput">No reason.</exception>
    /// <exception cref="Refusal">That was decided already.</exception>
    public async Task DecideAsync(CurrentUser user, long id, string decision, string? reason, CancellationToken ct = default)
    {
        if (!user.Is(Role.ComplianceManager) || decision is not ("released" or "confirmed"))
        {
            throw new NotFound();
        }
        var words = CollectionNotes.Reason(reason);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var (known, before) = await work.FirstAsync<(long, string?)>("select id, decision from quarantines where id = @id for update", new { id }, ct);
        if (known == 0)
        {
            throw new NotFound();
        }
        if (before == decision || before == "released")
        {
            throw Refusal.Of<Words>("QuarantineDecided");
        }
        await work.ExecuteAsync("update quarantines set decision = @decision, decided_by = @AccountId, decided_at = @Now, reason = @words where id = @id", new { id, decision, user.AccountId, work.Now, words }, ct);
        await work.SettleAsync(Subject(id), ct: ct);
        await (decision == "released" ? work.ActAsync("file.released", Subject(id), null, words, ct) : work.ActAsync("file.confirmed", Subject(id), null, words, ct));
        await work.CommitAsync(ct);
    }
}
