using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>What came of handing over.</summary>
/// <param name="Refused">Titles that stay, with the refusal.</param>
public sealed record HandedOver(int Done, IReadOnlyList<(string Title, Refusal Refusal)> Refused);

/// <summary>A collection that is with somebody although they do not own its request.</summary>
public sealed record StrayCollection(long Id, string Title, DateOnly PeriodFrom, DateOnly PeriodTo, DateOnly DueOn);

/// <summary>
/// The secretariat gives what somebody owns or reviews to somebody else, before they leave or after: a new version of each request, by the
/// rules of changing it, and what is open with them. Compliance managers only.
/// </summary>
public sealed class HandOver(Db db, RequestStore requests, SaveRequest save)
{
    /// <param name="requestIds">Requests of theirs.</param>
    /// <param name="collectionIds">Open collections that are with them otherwise.</param>
    /// <exception cref="NotFound">The user is no compliance manager.</exception>
    /// <exception cref="InvalidInput">At <c>to</c>: nobody of that number is employed today.</exception>
    public async Task<HandedOver> RunAsync(CurrentUser user, string fromNo, string toNo, IReadOnlyList<long> requestIds, IReadOnlyList<long> collectionIds, CancellationToken ct)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }

        List<(string, Refusal)> refused = [];
        var done = await CollectionsAsync(user, fromNo, toNo, collectionIds, refused, ct);
        foreach (var id in requestIds)
        {
            if (await requests.FindAsync(user, id, ct) is not { } row)
            {
                continue;
            }

            if (row.Owner != fromNo && row.Reviewer != fromNo)
            {
                refused.Add((row.Title, Refusal.Of<Words>("HandOverMeanwhile")));
                continue;
            }

            try
            {
                await save.ChangeAsync(user, id, row.Version, new(row.Title, row.Guidance, row.Minutes, row.Items, row.Owner == fromNo ? toNo : row.Owner, row.Reviewer == fromNo ? toNo : row.Reviewer,
                    row.Recurrence, row.OpensOffset, row.DueOffset, row.Unit, row.StartOn, row.EndOn, row.Shift), ct);
                done++;
            }
            catch (Refusal refusal)
            {
                refused.Add((row.Title, refusal));
            }
        }

        return new(done, refused);
    }

    /// <summary>Open collections that are with the person although another owns the request; at most 200.</summary>
    public async Task<IReadOnlyList<StrayCollection>> StraysAsync(CurrentUser user, long person, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<StrayCollection>($"""
            select c.id, {CollectionScope.Title} as title, c.period_from, c.period_to, c.due_on from collections c join request_versions v on v.request_id = c.request_id and v.version = c.version
            join evidence_requests r on r.id = c.request_id
            where @isManager and c.assignee_id = @person and r.owner_id <> @person and c.state in ('open', 'returned') order by c.due_on, c.id limit 200
            """, new { person, isManager = user.Is(Role.ComplianceManager) }, ct);
    }

    private sealed record Chosen(long Id, string Title, bool IsTheirs, bool IsReviewed);

    private async Task<int> CollectionsAsync(CurrentUser user, string fromNo, string toNo, IReadOnlyList<long> ids, List<(string, Refusal)> refused, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var to = await RequestStore.EmployedAsync(work, toNo, ct) ?? throw InvalidInput.At<Words>("to", "PersonUnknown", toNo);
        var chosen = await work.QueryAsync<Chosen>($"""
            select c.id, {CollectionScope.Title} as title, p.employee_no = @fromNo and c.state in ('open', 'returned') as is_theirs, c.reviewer_id = @to as is_reviewed
            from collections c join people p on p.id = c.assignee_id join request_versions v on v.request_id = c.request_id and v.version = c.version
            where c.id = any (@ids) order by c.id for update of c
            """, new { to, fromNo, ids = ids.ToArray() }, ct);
        // Never to the reviewer: nobody decides about what they handed in.
        refused.AddRange(chosen.Where(one => !one.IsTheirs || one.IsReviewed).Select(one => (one.Title, Refusal.Of<Words>(one.IsTheirs ? "HandOverReviewer" : "HandOverMeanwhile"))));
        IReadOnlyList<long> moved = [.. chosen.Where(one => one.IsTheirs && !one.IsReviewed).Select(one => one.Id)];
        var batch = await work.FirstAsync<long>("select nextval('assignment_batches')", ct: ct);
        await AssignmentStore.MoveAsync(work, user, batch, [.. moved], to, ct);
        await work.SettleManyAsync([.. moved.Select(EvidenceMails.Subject)], ct: ct);
        await EvidenceMails.TellOpenedAsync(work, moved, ct, $":{batch}");
        foreach (var id in moved)
        {
            await work.ActAsync("collection.handedOver", EvidenceMails.Subject(id), new Dictionary<string, string?> { ["fromEmployee"] = fromNo, ["toEmployee"] = toNo }, ct: ct);
        }

        await work.CommitAsync(ct);
        return moved.Count;
    }
}
