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
    /// <exception cref="Refusal">Nothing is owed any more, or the whole request is somebody else's.</exception>
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
        var words = reason?.Replace("\0", "").Trim() is { Length: > 0 } typed ? typed : null;
        if (!whole)
        {
            await HandOverAsync(work, user, [collection], owner, words, ct);
        }
        else
        {
            var request = await RequestAsync(work, user, collection, ct) ?? throw Refusal.Of<Words>("WholeNotYours");
            var others = await work.QueryAsync<long>($"""
                select c.id from collections c where c.request_id = @request and c.id <> @collection and c.assignee_id = @AssigneeId and c.reviewer_id <> @owner
                  and c.state in ('planned', 'open', 'returned') and not {PlanCollections.IsUntouched} order by c.id for update of c
                """, new { request, collection, found.AssigneeId, owner }, ct);
            await HandOverAsync(work, user, [collection, .. others], owner, words, ct);
            await VersionAsync(work, user, request, found.AssigneeId, owner, words, ct);
        }
        await work.CommitAsync(ct);
    }

    /// <summary>The request of a collection, if the user may give it away; locked.</summary>
    private static Task<long?> RequestAsync(UnitOfWork work, CurrentUser user, long collection, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["collection"] = collection;
        return work.FirstAsync<long?>($"""
            select r.id from collections c join evidence_requests r on r.id = c.request_id where c.id = @collection and {CollectionScope.MayGiveRequest} for update of r
            """, parameters, ct);
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
            await EvidenceMails.SettleUnownedAsync(work, id, ct);
            await work.ActAsync("collection.ownerChanged", EvidenceMails.Subject(id), new Dictionary<string, string?> { ["owner"] = $"{owner}" }, words, ct);
        }
        await EvidenceMails.TellOpenedAsync(work, [.. await work.QueryAsync<long>("select id from collections where id = any (@ids) and state in ('open', 'returned') order by id", new { ids }, ct)], ct, $":{batch}");
    }

    /// <summary>The request asks the new owner from now on: a version like the one before. What is merely planned follows it, and can be planned anew like before.</summary>
    private static async Task VersionAsync(UnitOfWork work, CurrentUser user, long request, long before, long owner, string? words, CancellationToken ct)
    {
        var reviewer = await work.FirstAsync<long>("select reviewer_id from evidence_requests where id = @request for update", new { request }, ct);
        if (reviewer == owner)
        {
            throw InvalidInput.At<Words>("owner", "ReviewerIsOwner");
        }
        var version = await work.FirstAsync<int>("""
            insert into request_versions (request_id, version, title, guidance, minutes, every, every_months, on_day, opens_offset, due_offset, due_unit, due_shift, owner_id, reviewer_id, start_on, end_on, by_account, at)
            select v.request_id, v.version + 1, v.title, v.guidance, v.minutes, v.every, v.every_months, v.on_day, v.opens_offset, v.due_offset, v.due_unit, v.due_shift, @owner, v.reviewer_id, v.start_on, v.end_on, @AccountId, @Now
            from request_versions v join evidence_requests r on r.id = v.request_id and r.version = v.version where r.id = @request returning version
            """, new { request, owner, user.AccountId, work.Now }, ct);
        await work.ExecuteAsync($"""
            insert into request_items (request_id, version, framework, ref) select request_id, @version, framework, ref from request_items where request_id = @request and version = @version - 1;
            update evidence_requests set version = @version, owner_id = @owner where id = @request;
            update collections c set assignee_id = @owner, version = @version where c.request_id = @request and c.assignee_id = @before and {PlanCollections.IsUntouched};
            """, new { request, version, before, owner }, ct);
        await work.ActAsync("request.changed", $"request:{request}", new Dictionary<string, string?> { ["version"] = $"{version}", ["owner"] = $"{owner}" }, words, ct);
    }

    /// <summary>The person, if the user may name them.</summary>
    private static Task<long?> NamedAsync(UnitOfWork work, CurrentUser user, Collection found, string employeeNo, CancellationToken ct) => user.Is(Role.ComplianceManager)
        ? RequestStore.EmployedAsync(work, employeeNo, ct)
        : work.FirstAsync<long?>($"""
            select p.id from people p where p.employee_no = @employeeNo and (p.left_on is null or p.left_on >= @Today) and {Choices.ColleagueOfAssignee}
            """, new { employeeNo, assignee = found.AssigneeId, work.Today }, ct);
}
