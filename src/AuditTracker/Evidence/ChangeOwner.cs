using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>
/// Another owner for one period, or for everything a request still asks of the present one: by the owner and the head of their department to somebody
/// of the department or their manager, by a compliance manager to anybody employed. The new owner is told.
/// </summary>
public sealed class ChangeOwner(Db db)
{
    /// <param name="employeeNo">Who becomes the owner.</param>
    /// <param name="whole">Also the other open and planned periods of the present owner, and those to come.</param>
    /// <exception cref="NotFound">Not there, or not the user's to hand in.</exception>
    /// <exception cref="Refusal">Nothing is owed any more.</exception>
    /// <exception cref="InvalidInput">Nobody, the present owner, the reviewer, or somebody the user may not name, at <c>owner</c>.</exception>
    public async Task RunAsync(CurrentUser user, long collection, string? employeeNo, string? reason, bool whole, CancellationToken ct = default)
    {
        if (reason?.Length > CollectionNotes.LongestWords)
        {
            throw InvalidInput.At<Words>("reason", "NoteLength", CollectionNotes.LongestWords);
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var found = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayHandIn, ct) ?? throw new NotFound();
        found.CheckStillOwed();
        if (string.IsNullOrWhiteSpace(employeeNo))
        {
            throw InvalidInput.At<Words>("owner", "OwnerEmpty");
        }
        var owner = await NamedAsync(work, user, found, employeeNo.Trim(), ct) ?? throw InvalidInput.At<Words>("owner", "OwnerNotYours", employeeNo);
        if (owner == found.AssigneeId || owner == found.ReviewerId)
        {
            throw InvalidInput.At<Words>("owner", owner == found.AssigneeId ? "OwnerAlready" : "ReviewerIsOwner");
        }
        var request = await work.FirstAsync<long>("select request_id from collections where id = @collection", new { collection }, ct);
        long[] others = whole ? [.. await work.QueryAsync<long>("""
            select id from collections where request_id = @request and id <> @collection and assignee_id = @AssigneeId and reviewer_id <> @owner and state in ('planned', 'open', 'returned') order by id for update
            """, new { request, collection, found.AssigneeId, owner }, ct)] : [];
        await HandOverAsync(work, user, [collection, .. others], owner, reason?.Replace("\0", "").Trim() is { Length: > 0 } words ? words : null, ct);
        if (whole)
        {
            await VersionAsync(work, user, request, owner, ct);
        }
        await work.CommitAsync(ct);
    }

    private static async Task HandOverAsync(UnitOfWork work, CurrentUser user, long[] ids, long owner, string? words, CancellationToken ct)
    {
        var batch = await work.FirstAsync<long>("select nextval('assignment_batches')", ct: ct);
        await AssignmentStore.MoveAsync(work, user, batch, ids, owner, ct);
        foreach (var id in ids)
        {
            if (words is not null)
            {
                await CollectionNotes.AddAsync(work, user, id, new NewNote("changeOwner", words), ct);
            }
            await EvidenceMails.SettleRemindersAsync(work, id, ct);
            await work.ActAsync("collection.ownerChanged", EvidenceMails.Subject(id), new Dictionary<string, string?> { ["owner"] = $"{owner}" }, words, ct);
        }
        await EvidenceMails.TellOpenedAsync(work, [.. await work.QueryAsync<long>("select id from collections where id = any (@ids) and state in ('open', 'returned') order by id", new { ids }, ct)], ct, $":{batch}");
    }

    /// <summary>The request asks the new owner from now on: a version like the one before.</summary>
    private static async Task VersionAsync(UnitOfWork work, CurrentUser user, long request, long owner, CancellationToken ct)
    {
        var reviewer = await work.FirstAsync<long>("select reviewer_id from evidence_requests where id = @request for update", new { request }, ct);
        if (reviewer == owner)
        {
            throw InvalidInput.At<Words>("owner", "ReviewerIsOwner");
        }
        var version = await work.FirstAsync<int>("""
            insert into request_versions (request_id, version, title, guidance, minutes, every, opens_offset, due_offset, due_unit, owner_id, reviewer_id, start_on, end_on, by_account, at)
            select v.request_id, v.version + 1, v.title, v.guidance, v.minutes, v.every, v.opens_offset, v.due_offset, v.due_unit, @owner, v.reviewer_id, v.start_on, v.end_on, @AccountId, @Now
            from request_versions v join evidence_requests r on r.id = v.request_id and r.version = v.version where r.id = @request returning version
            """, new { request, owner, user.AccountId, work.Now }, ct);
        await work.ExecuteAsync("""
            insert into request_items (request_id, version, framework, ref) select request_id, @version, framework, ref from request_items where request_id = @request and version = @version - 1;
            update evidence_requests set version = @version, owner_id = @owner where id = @request;
            """, new { request, version, owner }, ct);
        await work.ActAsync("request.changed", $"request:{request}", new Dictionary<string, string?> { ["version"] = $"{version}", ["owner"] = $"{owner}" }, ct: ct);
    }

    /// <summary>The person, if the user may name them.</summary>
    private static Task<long?> NamedAsync(UnitOfWork work, CurrentUser user, Collection found, string employeeNo, CancellationToken ct) => user.Is(Role.ComplianceManager)
        ? RequestStore.EmployedAsync(work, employeeNo, ct)
        : work.FirstAsync<long?>($"""
            select p.id from people p where p.employee_no = @employeeNo and (p.left_on is null or p.left_on >= @Today) and {Choices.ColleagueOfAssignee}
            """, new { employeeNo, assignee = found.AssigneeId, work.Today }, ct);
}
