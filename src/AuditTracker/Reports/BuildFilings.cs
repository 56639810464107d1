using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Workbooks;
using AuditTracker.Trail;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Reports;

/// <summary>
/// Job: takes every row of <c>filings</c> without a counterpart, builds its workbook as of its cut-off, and hands it in to the open collections of active requests that name one of its items, on
/// behalf of whom they are assigned to. The hand-in's key names the filing: killed anywhere, the next run goes on and hands nothing in twice. Into none: a gap, and listed.
/// </summary>
public sealed class BuildFilings(Db db, BlobStore blobs, FiledReports reports, HandIn handIn, IStringLocalizerFactory texts, ILogger<BuildFilings> log)
{
    private const int MostAttempts = 5;

    private sealed record Filing(long Id, string Report, string Subject, string Title, DateTime CutoffAt, int Attempts, long AccountId, long? PersonId, string? EmployeeNo, string SignIn, string Name, string Language);

    /// <returns>How many were built.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var built = 0;
        while (await ClaimAsync(ct) is { } filing)
        {
            try
            {
                await BuildAsync(filing, ct);
                built++;
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                log.LogError(problem, "Filing {Filing} could not be built.", filing.Id);
                await using var work = await db.BeginAsync(Actor.Job(nameof(BuildFilings)), ct);
                await work.ExecuteAsync("update filing_builds set state = case when attempts >= @MostAttempts then 'failed' else state end, lease_until = null, problem = @problem where filing_id = @Id", new { filing.Id, MostAttempts, problem = problem.GetType().Name }, ct);
                await work.CommitAsync(ct);
                return built; // the next round tries again
            }
        }
        return built;
    }

    private async Task<Filing?> ClaimAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(BuildFilings)), ct);
        await work.ExecuteAsync("insert into filing_builds (filing_id, at) select f.id, @Now from filings f where not exists (select from filing_builds b where b.filing_id = f.id) on conflict do nothing; update filing_builds set state = 'failed', lease_until = null where state = 'queued' and attempts >= @MostAttempts and lease_until < clock_timestamp()", new { work.Now, MostAttempts }, ct);
        var filing = await work.FirstAsync<Filing>("""
            with next as (select filing_id from filing_builds where state = 'queued' and attempts < @MostAttempts and coalesce(lease_until < clock_timestamp(), true) order by filing_id limit 1 for update skip locked),
            taken as (update filing_builds b set attempts = attempts + 1, lease_until = clock_timestamp() + interval '5 minutes' from next where b.filing_id = next.filing_id returning b.filing_id, b.attempts)
            select f.id, f.report, f.subject, f.title, f.cutoff_at, t.attempts, a.id as account_id, a.person_id, p.employee_no, a.sign_in, coalesce(p.name, nullif(a.name, ''), a.sign_in) as name, a.language
            from taken t join filings f on f.id = t.filing_id join accounts a on a.id = f.by_account left join people p on p.id = a.person_id
            """, new { MostAttempts }, ct);
        await work.CommitAsync(ct);
        return filing;
    }

    private async Task BuildAsync(Filing filing, CancellationToken ct)
    {
        var (name, blob) = await reports.SaveAsync(blobs, filing.Report, filing.Subject, filing.CutoffAt, filing.Language, ct);
        await HandInAsync(filing, new UploadedFile("file", name, WorkbookWriter.MediaType, blob), ct);
        await using var work = await db.BeginAsync(Actor.Job(nameof(BuildFilings)), ct);
        await KeepFile.AddAsync(work, blobs, blob, isSent: false, ct);
        await work.ExecuteAsync("""
            update filing_builds set state = 'done', lease_until = null, file_name = @name, sha256 = @Sha256, size = @Size, finished_at = @Now,
                handed_in = (select count(*)::int from filing_hand_ins h where h.filing_id = @id and h.submission_id is not null) where filing_id = @id;
            """, new { id = filing.Id, name, blob.Sha256, blob.Size, work.Now }, ct);
        await work.ActAsync("report.filed", filing.Subject, new Dictionary<string, string?> { ["sha256"] = blob.Sha256, ["size"] = $"{blob.Size}" }, ct: ct);
        await work.CommitAsync(ct);
    }

    private async Task HandInAsync(Filing filing, UploadedFile file, CancellationToken ct)
    {
        // The secretariat hands in on behalf of the owners; what this person may do otherwise makes no difference here.
        var user = new CurrentUser
        {
            AccountId = filing.AccountId,
            PersonId = filing.PersonId,
            EmployeeNo = filing.EmployeeNo,
            SignIn = filing.SignIn,
            Name = filing.Name,
            Language = filing.Language,
            Roles = new HashSet<Role> { Role.ComplianceManager, Role.Employee },
            RequestId = $"filing:{filing.Id}",
        };
        IReadOnlyList<long> collections;
        await using (var connection = await db.OpenAsync(ct))
        {
            collections = await connection.ListAsync<long>("""
                select c.id from collections c join evidence_requests r on r.id = c.request_id
                where (c.state in ('open', 'returned') or exists (select from submissions s where s.collection_id = c.id and s.by_account = @AccountId and s.idempotency_key = 'filing:' || @Id)) and (r.end_on is null or r.end_on >= tokyo_date(business_now()))
                  and exists (select from request_items i join filing_items f on f.filing_id = @Id and (f.framework, f.ref) = (i.framework, i.ref) where i.request_id = c.request_id and i.version = c.version)
                  and not exists (select from filing_hand_ins h where h.filing_id = @Id and h.collection_id = c.id)
                order by c.id
                """, filing, ct);
        }
        var note = Speaking.In(filing.Language, () => texts.Create(typeof(Words))["FiledNote", filing.Title].Value);
        foreach (var collection in collections)
        {
            long? submission = null;
            var problem = "";
            try
            {
                submission = (await handIn.SubmitAsync(user, collection, new HandInInput(note, [], null, null, null, [file], $"filing:{filing.Id}"), ct)).Id;
            }
            catch (Exception refused) when (refused is Refusal or NotFound)
            {
                problem = refused is Refusal why ? why.Key : "NotFound";
            }
            await using var work = await db.BeginAsync(Actor.Job(nameof(BuildFilings)), ct);
            await work.ExecuteAsync("insert into filing_hand_ins (filing_id, collection_id, submission_id, problem, at) values (@id, @collection, @submission, @problem, @Now) on conflict do nothing",
                new { id = filing.Id, collection, submission, problem, work.Now }, ct);
            await work.CommitAsync(ct);
        }
    }
}
