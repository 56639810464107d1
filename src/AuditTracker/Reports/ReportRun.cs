using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Dapper;

namespace AuditTracker.Reports;

/// <summary>A workbook somebody asked for, as its row says (design §4, work started by a person).</summary>
/// <param name="State">queued, running, done or failed.</param>
/// <param name="Attempts">How often a worker began; also tells a worker that has lost its lease from the one that has it.</param>
/// <param name="Error">A key of the room's words, and behind a colon what it speaks of.</param>
/// <param name="FinishedAt">Business instant.</param>
public sealed record ReportRun(long Id, string Kind, string Framework, DateOnly FromOn, DateOnly ToOn, DateTime CutoffAt, string Language, string RequestedBy, DateTime CreatedAt,
    string State, int Attempts, string Stage, long Done, long Total, string? Error, string? FileName, string? Sha256, long? Size, DateTime? FinishedAt)
{
    public ReportOrder Order => new(Framework, FromOn, ToOn, CutoffAt, Language);

    /// <summary>0 to 1; 0 while the number of rows is not known.</summary>
    public double Progress => State == "done" ? 1 : Total == 0 ? 0 : (double)Done / Total;
}

/// <summary>Who took a finished workbook out of the house.</summary>
public sealed record ReportDownload(string By, DateTime At);

/// <summary>
/// The SQL of runs. Who may ask: compliance manager and internal auditor; management may look and take as well (design §7a). For
/// everybody else there are no runs.
/// </summary>
public sealed class ReportRunStore(Db db)
{
    public static readonly Role[] Readers = [Role.ComplianceManager, Role.InternalAuditor, Role.Management];
    public static readonly Role[] Askers = [Role.ComplianceManager, Role.InternalAuditor];

    internal const string Columns = """
        r.id, r.kind, r.framework, r.from_on, r.to_on, r.cutoff_at, r.language, coalesce(p.name, nullif(a.name, ''), a.sign_in) as requested_by, r.created_at,
        r.state, r.attempts, r.stage, r.done, r.total, r.error, r.file_name, r.sha256, r.size, r.finished_at
        """;

    internal const string From = "from report_runs r join accounts a on a.id = r.requested_by left join people p on p.id = a.person_id";

    public static bool MayRead(CurrentUser user) => user.IsAny(Readers);

    public static bool MayAsk(CurrentUser user) => user.IsAny(Askers);

    /// <summary>The run; null when there is none for this user.</summary>
    public async Task<ReportRun?> FindAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<ReportRun>($"select {Columns} {From} where r.id = @id and @mayRead", new { id, mayRead = MayRead(user) }, ct);
    }

    /// <summary>The newest runs first; the cursors are ids.</summary>
    /// <param name="after">Only older ones than this.</param>
    /// <param name="before">Only newer ones than this.</param>
    /// <returns>A page, and the cursors of the pages around it or null.</returns>
    public async Task<(IReadOnlyList<ReportRun> Rows, long? Previous, long? Next)> ListAsync(CurrentUser user, long? after, long? before, int limit, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var back = before is not null;
        var rows = await connection.ListAsync<ReportRun>($"""
            select {Columns} {From}
            where @mayRead and (@after::bigint is null or r.id < @after) and (@before::bigint is null or r.id > @before)
            order by r.id {(back ? "asc" : "desc")} limit @take
            """, new { mayRead = MayRead(user), after, before, take = limit + 1 }, ct);
        var more = rows.Count > limit;
        IReadOnlyList<ReportRun> page = back ? [.. rows.Take(limit).Reverse()] : [.. rows.Take(limit)];
        return page.Count == 0
            ? (page, null, null)
            : (page, (back ? more : after is not null) ? page[0].Id : null, (back || more) ? page[^1].Id : null);
    }

    /// <summary>How many there are, at most <paramref name="cap"/>.</summary>
    public async Task<long> CountAsync(CurrentUser user, int cap, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long>("select count(*) from (select 1 from report_runs where @mayRead limit @cap) counted", new { mayRead = MayRead(user), cap }, ct);
    }

    /// <summary>Every run, the newest first, read as they are taken; the connection is held so long.</summary>
    public async IAsyncEnumerable<ReportRun> AllAsync(CurrentUser user, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        await foreach (var run in connection.QueryUnbufferedAsync<ReportRun>($"select {Columns} {From} where @mayRead order by r.id desc", new { mayRead = MayRead(user) }).WithCancellation(ct))
        {
            yield return run;
        }
    }

    /// <summary>Who took it, the last first.</summary>
    public async Task<IReadOnlyList<ReportDownload>> DownloadsAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<ReportDownload>("""
            select coalesce(p.name, nullif(a.name, ''), a.sign_in) as by, d.at
            from report_downloads d join accounts a on a.id = d.by_account left join people p on p.id = a.person_id
            where d.run_id = @id and @mayRead order by d.id desc limit 50
            """, new { id, mayRead = MayRead(user) }, ct);
    }
}
