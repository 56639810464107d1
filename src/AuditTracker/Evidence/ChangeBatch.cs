using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>Doing one thing to many collections: each row is judged again under its lock, and what cannot be done is left alone and told.</summary>
public sealed class ChangeBatch(Db db, ShowCollection show, ReviewCollection review, WaiveCollection waive)
{
    /// <summary>What would happen.</summary>
    /// <param name="to">For <see cref="BatchAct.Assign"/> the employee number of the new owner, once chosen.</param>
    /// <returns>Of acceptances and waivers the first <see cref="Chosen.MostDecided"/>, the others as <see cref="BatchPlan.Rest"/>.</returns>
    /// <exception cref="InvalidInput">Too many at once, or nobody of that number.</exception>
    /// <exception cref="NotFound">The user may not do this at all.</exception>
    public async Task<BatchPlan> PrepareAsync(CurrentUser user, BatchAct act, Chosen chosen, string? to, CancellationToken ct)
    {
        May(user, act);
        await using var connection = await db.OpenAsync(ct);
        var rows = await CollectionStore.ChooseAsync(connection, user, chosen, ct);
        Limit(rows.Count);
        var toId = to is null ? null : await connection.FirstAsync<long?>("select id from people where employee_no = @to", new { to }, ct);
        var plan = BatchPlan.Of(rows, chosen, row => act switch
        {
            BatchAct.Assign => row.CannotAssign(toId),
            BatchAct.Waive => row.CannotWaive(user.PersonId),
            BatchAct.Accept => row.CannotAccept(),
            _ => row.CannotRemind(),
        });
        if (act is BatchAct.Accept or BatchAct.Waive)
        {
            plan = plan with { Can = [.. plan.Can.Take(Chosen.MostDecided)], Rest = Math.Max(0, plan.Can.Count - Chosen.MostDecided) };
        }
        return act == BatchAct.Accept ? await LookAsync(user, plan, ct) : plan;
    }

    /// <summary>What the machine points at is for a person to look at, one by one.</summary>
    private async Task<BatchPlan> LookAsync(CurrentUser user, BatchPlan plan, CancellationToken ct)
    {
        var (can, cannot) = (new List<BatchRow>(), plan.Cannot.ToList());
        foreach (var row in plan.Can)
        {
            if (await show.FindAsync(user, row.Id, ct) is not { MayDecide: true } view || view.Checks.Any(check => check.Warns))
            {
                cannot.Add((row, "BulkHasWarnings"));
                continue;
            }
            row.SubmissionId = view.Pending!.Id;
            can.Add(row);
        }
        return plan with { Can = can, Cannot = cannot };
    }

    /// <summary>Gives the chosen collections to somebody else, as one operation. The new owner is told, who had it is no longer reminded.</summary>
    /// <returns>The batch, to take it back by, and what came of each row.</returns>
    /// <exception cref="InvalidInput">Nobody employed today has this number, or too many at once.</exception>
    public async Task<(long Batch, BatchPlan Done)> AssignAsync(CurrentUser user, Chosen chosen, string to, CancellationToken ct)
    {
        May(user, BatchAct.Assign);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var toId = await RequestStore.EmployedAsync(work, to, ct) ?? throw InvalidInput.At<Words>("to", "PersonUnknown", to);
        var rows = await CollectionStore.ChooseAsync(work.Connection, user, chosen, ct, locks: true);
        Limit(rows.Count);
        var plan = BatchPlan.Of(rows, chosen, row => row.CannotAssign(toId));
        var batch = await work.FirstAsync<long>("select nextval('assignment_batches')", ct: ct);
        if (plan.Can.Count > 0)
        {
            var ids = plan.Can.Select(row => row.Id).ToArray();
            await AssignmentStore.MoveAsync(work, user, batch, ids, toId, ct);
            await work.SettleManyAsync([.. ids.Select(EvidenceMails.Subject)], ct: ct);
            await EvidenceMails.TellOpenedAsync(work, [.. plan.Can.Where(row => row.State != CollectionState.Planned).Select(row => row.Id)], ct, $":{batch}");
            await work.ActAsync("collections.assigned", $"batch:{batch}", new Dictionary<string, string?> { ["count"] = $"{ids.Length}", ["owner"] = to }, ct: ct);
            await work.CommitAsync(ct);
        }
        return (batch, plan);
    }

    /// <summary>Takes a batch of one's own back, as far as its collections are still with the new owner.</summary>
    /// <returns>How many went back.</returns>
    /// <exception cref="NotFound">No such batch of this user's.</exception>
    /// <exception cref="Refusal">It was taken back before, or nothing of it is left.</exception>
    public async Task<int> UndoAssignAsync(CurrentUser user, long batch, CancellationToken ct)
    {
        May(user, BatchAct.Assign);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var moves = await AssignmentStore.OfBatchAsync(work, user, batch, ct);
        if (moves.Count == 0)
        {
            throw new NotFound();
        }
        var back = moves.Where(move => move.IsStill).ToList();
        if (back.Count == 0)
        {
            throw Refusal.Of<Words>("BulkNothingToUndo");
        }
        await AssignmentStore.MoveBackAsync(work, user, batch, ct);
        var subjects = back.Select(move => EvidenceMails.Subject(move.CollectionId)).ToArray();
        await work.SettleManyAsync(subjects, ct: ct);
        await work.ReopenAsync(subjects, moves[0].At, ct);
        await work.ActAsync("collections.assignmentUndone", $"batch:{batch}", new Dictionary<string, string?> { ["count"] = $"{back.Count}" }, ct: ct);
        await work.CommitAsync(ct);
        return back.Count;
    }

    /// <summary>Reminds the owners of the chosen collections, once a day, in their next mail.</summary>
    public async Task<BatchPlan> RemindAsync(CurrentUser user, Chosen chosen, CancellationToken ct)
    {
        May(user, BatchAct.Remind);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var rows = await CollectionStore.ChooseAsync(work.Connection, user, chosen, ct, locks: true);
        Limit(rows.Count);
        var plan = BatchPlan.Of(rows, chosen, row => row.CannotRemind());
        if (plan.Can.Count > 0)
        {
            await EvidenceMails.TellByHandAsync(work, [.. plan.Can.Select(row => row.Id)], ct);
            await work.ActAsync("collections.reminded", $"day:{work.Today:yyyy-MM-dd}", new Dictionary<string, string?> { ["count"] = $"{plan.Can.Count}" }, ct: ct);
            await work.CommitAsync(ct);
        }
        return plan;
    }

    /// <summary>Accepts what waits without a warning.</summary>
    /// <param name="seen">Which submission of each collection was shown; null: whichever waits now.</param>
    public Task<BatchPlan> AcceptAsync(CurrentUser user, Chosen chosen, CancellationToken ct, IReadOnlyDictionary<long, long?>? seen = null) =>
        DecideAsync(user, BatchAct.Accept, chosen, row => review.DecideAsync(user, row.Id, Decision.Accept, "", seen is null ? row.SubmissionId : seen.GetValueOrDefault(row.Id), ct), ct);

    /// <summary>Waives the periods, all for the same reason.</summary>
    /// <exception cref="InvalidInput">No reason, or one that is too long.</exception>
    public Task<BatchPlan> WaiveAsync(CurrentUser user, Chosen chosen, string? reason, CancellationToken ct)
    {
        var words = CollectionNotes.Reason(reason);
        return DecideAsync(user, BatchAct.Waive, chosen, row => waive.WaiveAsync(user, row.Id, words, ct), ct);
    }

    // Each is a decision of its own, so one that changed meanwhile holds no other up.
    private async Task<BatchPlan> DecideAsync(CurrentUser user, BatchAct act, Chosen chosen, Func<BatchRow, Task> decide, CancellationToken ct)
    {
        var plan = await PrepareAsync(user, act, chosen, null, ct);
        var (can, cannot) = (new List<BatchRow>(), plan.Cannot.ToList());
        foreach (var row in plan.Can)
        {
            try
            {
                await decide(row);
                can.Add(row);
            }
            catch (Exception refused) when (refused is Refusal or NotFound)
            {
                cannot.Add((row, refused is Refusal { Key: var key } ? key : "BulkNotYours"));
            }
        }
        return plan with { Can = can, Cannot = cannot };
    }

    private static void May(CurrentUser user, BatchAct act)
    {
        if (!(user.Is(Role.ComplianceManager) || (act == BatchAct.Accept && user.Is(Role.Reviewer))))
        {
            throw new NotFound();
        }
    }

    private static void Limit(int rows)
    {
        if (rows > Chosen.Most)
        {
            throw InvalidInput.At<Words>("", "BulkTooMany", Chosen.Most);
        }
    }
}
