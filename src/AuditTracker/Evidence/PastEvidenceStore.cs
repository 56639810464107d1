using System.Text.Json;
using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>One bringing-in of past evidence.</summary>
/// <param name="State">checked, queued, running, done, failed or dropped.</param>
/// <param name="Added">Periods that are new here; the other numbers in the same way.</param>
/// <param name="Applied">Periods that were brought in.</param>
public sealed record PastRun(long Id, string By, DateTime CreatedAt, string SheetName, string State, string Stage, long Done, long Total, string? Error, DateTime? FinishedAt,
    long Added, long Filled, long There, long Errors, long Applied)
{
    /// <summary>0 to 1.</summary>
    public double Progress => State == "done" ? 1 : Total == 0 ? 0 : (double)Done / Total;
}

/// <summary>A piece as its row says, for the page and the worker.</summary>
public sealed class PastPieceRow
{
    public int Position { get; init; }
    public string Lines { get; init; } = "";
    public string Kind { get; init; } = "";
    public string RequestTitle { get; init; } = "";
    public string PeriodText { get; init; } = "";
    public long? RequestId { get; init; }
    public DateOnly? PeriodFrom { get; init; }
    public DateOnly? PeriodTo { get; init; }
    public DateOnly? CapturedOn { get; init; }
    public DateOnly? ClaimedSubmittedOn { get; init; }
    public string ClaimedSubmittedBy { get; init; } = "";
    public DateOnly? ClaimedAcceptedOn { get; init; }
    public string ClaimedAcceptedBy { get; init; } = "";
    public string Remark { get; init; } = "";
    public string FilesJson { get; init; } = "[]";
    public string ProblemsJson { get; init; } = "[]";
    public long? SubmissionId { get; init; }
    public long? CollectionId { get; init; }
    public string? PassedOver { get; init; }

    public IReadOnlyList<PastFile> Files => JsonSerializer.Deserialize<List<PastFile>>(FilesJson)!;
    public IReadOnlyList<PastProblem> Problems => JsonSerializer.Deserialize<List<PastProblem>>(ProblemsJson)!;
}

/// <summary>SQL of past evidence. Only compliance managers have any (design §7a).</summary>
public sealed class PastEvidenceStore(Db db)
{
    private const string Select = """
        select r.id, coalesce(p.name, nullif(a.name, ''), a.sign_in) as by, r.created_at, r.sheet_name, r.state, r.stage, r.done, r.total, r.error, r.finished_at,
               count(*) filter (where x.kind = 'added') as added, count(*) filter (where x.kind = 'filled') as filled, count(*) filter (where x.kind = 'there') as there,
               count(*) filter (where x.kind = 'error') as errors, count(x.submission_id) as applied
        from past_evidence_runs r join accounts a on a.id = r.by_account left join people p on p.id = a.person_id left join past_evidence_pieces x on x.run_id = r.id
        """;

    /// <summary>The run, or null.</summary>
    public async Task<PastRun?> FindAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<PastRun>($"{Select} where r.id = @id and @may group by r.id, p.name, a.name, a.sign_in", new { id, may = user.Is(Role.ComplianceManager) }, ct);
    }

    /// <summary>The newest ones first, without those that were dropped.</summary>
    public async Task<IReadOnlyList<PastRun>> ListAsync(CurrentUser user, int limit, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<PastRun>($"{Select} where @may and r.state <> 'dropped' group by r.id, p.name, a.name, a.sign_in order by r.id desc limit @limit", new { limit, may = user.Is(Role.ComplianceManager) }, ct);
    }

    /// <param name="kind">Only these; null: what becomes something and what is wrong.</param>
    public async Task<IReadOnlyList<PastPieceRow>> PiecesAsync(CurrentUser user, long run, string? kind, int after, int limit, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<PastPieceRow>($"""
            select {Columns}, s.collection_id from past_evidence_pieces x left join submissions s on s.id = x.submission_id
            where x.run_id = @run and @may and x.position > @after and (@kind is null or x.kind = @kind) order by x.position limit @limit
            """, new { run, kind, after, limit, may = user.Is(Role.ComplianceManager) }, ct);
    }

    /// <summary>The requests by the names a sheet may give them.</summary>
    public async Task<IReadOnlyList<PastRequest>> RequestsAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<PastRequest>("""
            select r.id, r.title, r.adopted_from, v.every, v.every_months, v.on_day, v.start_on from evidence_requests r join request_versions v on v.request_id = r.id and v.version = r.version
            where @may order by r.adopted_from nulls last, r.title
            """, new { may = user.Is(Role.ComplianceManager) }, ct);
    }

    internal const string Columns = """
        x.position, x.lines, x.kind, x.request_title, x.period_text, x.request_id, x.period_from, x.period_to, x.captured_on, x.claimed_submitted_on, x.claimed_submitted_by,
        x.claimed_accepted_on, x.claimed_accepted_by, x.remark, x.files::text as files_json, x.problems::text as problems_json, x.submission_id, x.passed_over
        """;

    internal static async Task<(IReadOnlyList<PastRequest> Requests, IReadOnlyList<PastCollection> Collections)> HereAsync(UnitOfWork work, CancellationToken ct) =>
        (await work.QueryAsync<PastRequest>("select r.id, r.title, r.adopted_from, v.every, v.every_months, v.on_day, v.start_on from evidence_requests r join request_versions v on v.request_id = r.id and v.version = r.version", ct: ct),
         await work.QueryAsync<PastCollection>("select request_id, period_from, period_to, state, opens_on from collections where event_id is null", ct: ct));

    internal static async Task AddPieceAsync(UnitOfWork work, long run, int position, PastPiece piece, CancellationToken ct) => await work.ExecuteAsync("""
        insert into past_evidence_pieces (run_id, position, lines, kind, request_title, period_text, request_id, period_from, period_to, captured_on, claimed_submitted_on, claimed_submitted_by,
            claimed_accepted_on, claimed_accepted_by, remark, files, problems)
        values (@run, @position, @lines, @Kind, @RequestTitle, @PeriodText, @RequestId, @from, @to, @CapturedOn, @SubmittedOn, @SubmittedBy, @AcceptedOn, @AcceptedBy, @Remark, @files::jsonb, @problems::jsonb)
        """, new
    {
        run,
        position,
        lines = string.Join(',', piece.Lines),
        piece.Kind,
        piece.RequestTitle,
        piece.PeriodText,
        piece.RequestId,
        from = piece.Period?.From,
        to = piece.Period?.To,
        piece.CapturedOn,
        piece.SubmittedOn,
        piece.SubmittedBy,
        piece.AcceptedOn,
        piece.AcceptedBy,
        piece.Remark,
        files = JsonSerializer.Serialize(piece.Files),
        problems = JsonSerializer.Serialize(piece.Problems),
    }, ct);

    /// <summary>The next piece that is still to be brought in; null when there is none.</summary>
    internal async Task<PastPieceRow?> NextAsync(long run, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<PastPieceRow>($"""
            select {Columns} from past_evidence_pieces x
            where x.run_id = @run and x.kind in ('added', 'filled') and x.submission_id is null and x.passed_over is null order by x.position limit 1
            """, new { run }, ct);
    }
}
