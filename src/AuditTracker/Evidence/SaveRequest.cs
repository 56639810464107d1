using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>A request as the form or the API gives it; people by employee number, items as <c>framework:ref</c>.</summary>
public sealed record RequestInput(
    string Title, string Guidance, int Minutes, IReadOnlyList<string> Items, string Owner, string Reviewer,
    Recurrence Every, int OpensOffset, int DueOffset, OffsetUnit DueUnit, DateOnly StartOn, DateOnly? EndOn, DeadlineShift Shift = DeadlineShift.Previous);

/// <summary>Adding and changing requests: a version, its plan, an act in the trail, one transaction. Compliance managers only.</summary>
public sealed class SaveRequest(Db db)
{
    /// <summary>How far back a request may start; older evidence is brought in, not asked for.</summary>
    private const int EarliestYears = 5;

    /// <exception cref="InvalidInput">A field cannot be taken.</exception>
    /// <exception cref="NotFound">The user may not.</exception>
    public async Task<long> AddAsync(CurrentUser user, RequestInput input, string? adoptedFrom = null, CancellationToken ct = default)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var id = await AddAsync(work, user, await BusinessCalendars.LoadAsync(work.Connection, ct), input, adoptedFrom, ct);
        await work.CommitAsync(ct);
        return id;
    }

    /// <summary>The same within a transaction of the caller, who has seen to it that the user may.</summary>
    internal static async Task<long> AddAsync(UnitOfWork work, CurrentUser user, BusinessCalendar calendar, RequestInput input, string? adoptedFrom, CancellationToken ct)
    {
        var terms = await TermsAsync(work, input, ct);
        var items = await ItemsAsync(work, input.Items, ct);
        var id = await RequestStore.AddAsync(work, terms, adoptedFrom, ct);
        await RequestStore.AddVersionAsync(work, user, id, 1, terms, items, ct);
        await PlanCollections.PlanAsync(work, calendar, id, ct);
        await work.ActAsync("request.added", $"request:{id}", new Dictionary<string, string?> { ["every"] = RecurrenceText.Short(input.Every, "ja") }, ct: ct);
        return id;
    }

    /// <summary>
    /// A new version. Collections that were opened keep theirs; planned ones are planned anew. What is still with the owner goes to the new owner;
    /// what was given to somebody else stays there. The new reviewer gets what is under way and what waits already, unless they handed it in: that stays
    /// as it was, and compliance managers decide on it.
    /// </summary>
    /// <param name="version">The version the change was made on; another one meanwhile is refused. Null: whatever is current.</param>
    /// <exception cref="Refusal">Changed meanwhile.</exception>
    public async Task ChangeAsync(CurrentUser user, long id, int? version, RequestInput input, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (await RequestStore.LockAsync(work, user, id, ct) is not { } current)
        {
            throw new NotFound();
        }
        if (version is not null && version != current)
        {
            throw Refusal.Of<Words>("RequestChangedMeanwhile");
        }
        var terms = await TermsAsync(work, input, ct);
        await RequestStore.AddVersionAsync(work, user, id, current + 1, terms, await ItemsAsync(work, input.Items, ct), ct);
        // What was decided, said or handed over about a planned period stays with it.
        await PlanCollections.DropAsync(work, [.. await work.QueryAsync<long>($"select c.id from collections c where c.request_id = @id and {PlanCollections.IsUntouched} order by c.id for update", new { id }, ct)], ct);
        var (batch, handedOver) = await HandOverAsync(work, user, id, current, terms, ct);
        await WaiveBehindEndAsync(work, user, id, terms.EndOn, ct);
        await work.SettleManyAsync(handedOver.Select(EvidenceMails.Subject).ToArray(), ct: ct);
        await EvidenceMails.TellOpenedAsync(work, handedOver, ct, $":{batch}");
        await EvidenceMails.TellReviewerAsync(work, await MoveReviewsAsync(work, id, terms.ReviewerId, ct), ct);
        await PlanCollections.PlanAsync(work, await BusinessCalendars.LoadAsync(work.Connection, ct), id, ct);
        await work.ActAsync("request.changed", $"request:{id}", new Dictionary<string, string?> { ["version"] = $"{current + 1}" }, ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>What is still with the owner of the version before goes to the new one, and so does what is with the new reviewer; everything goes to that reviewer.</summary>
    /// <returns>Those under way that have another owner now: whose owner stays keeps what they are still to be told.</returns>
    private static async Task<(long Batch, IReadOnlyList<long> Collections)> HandOverAsync(UnitOfWork work, CurrentUser user, long id, int before, RequestTerms terms, CancellationToken ct)
    {
        var theirs = await work.QueryAsync<long>("""
            select c.id from collections c join request_versions old on old.request_id = c.request_id and old.version = @before
            where c.request_id = @id and c.state in ('planned', 'open', 'returned') and c.assignee_id <> @OwnerId and c.assignee_id in (old.owner_id, @ReviewerId) order by c.id for update of c
            """, new { id, before, terms.OwnerId, terms.ReviewerId }, ct);
        var batch = await work.FirstAsync<long>("select nextval('assignment_batches')", ct: ct);
        await AssignmentStore.MoveAsync(work, user, batch, [.. theirs], terms.OwnerId, ct);
        await work.ExecuteAsync("update collections set reviewer_id = @ReviewerId where request_id = @id and state in ('planned', 'open', 'returned') and reviewer_id <> @ReviewerId", new { id, terms.ReviewerId }, ct);
        return (batch, await work.QueryAsync<long>("select id from collections where id = any(@theirs) and state in ('open', 'returned') order by id", new { theirs = theirs.ToArray() }, ct));
    }

    /// <summary>What waits for a decision goes to the reviewer of now. Not what they owe, or handed in themselves or through somebody: nobody decides about that.</summary>
    /// <returns>What came to them.</returns>
    private static async Task<IReadOnlyList<long>> MoveReviewsAsync(UnitOfWork work, long id, long reviewer, CancellationToken ct)
    {
        var account = await work.FirstAsync<long?>("select id from accounts where person_id = @reviewer", new { reviewer }, ct);
        return await work.QueryAsync<long>($"""
            with waiting as (
                select c.id from collections c where c.request_id = @id and c.state = 'submitted' and @person not in (c.reviewer_id, c.assignee_id) and c.deputy_id is distinct from @person
                  and not exists (select from submissions s where s.id = c.pending_submission_id and {CollectionScope.Own}) order by c.id for update of c)
            update collections c set reviewer_id = @person from waiting where c.id = waiting.id returning c.id
            """, new { id, person = reviewer, account }, ct);
    }

    /// <summary>Periods behind the request's new end that were opened already are waived, with that as the reason: nobody is asked for them any more.</summary>
    private static async Task WaiveBehindEndAsync(UnitOfWork work, CurrentUser user, long id, DateOnly? endOn, CancellationToken ct)
    {
        var behind = await work.QueryAsync<long>("select id from collections where request_id = @id and state in ('open', 'returned') and period_from > @endOn order by id for update", new { id, endOn }, ct);
        foreach (var collection in behind)
        {
            await CollectionStore.RecordAsync(work, user, collection, "waive", CollectionState.Waived, null, WaiverReason.Of(endOn!.Value), ct);
        }
        await work.SettleManyAsync([.. behind.Select(EvidenceMails.Subject)], ct: ct);
    }

    private static async Task<RequestTerms> TermsAsync(UnitOfWork work, RequestInput input, CancellationToken ct)
    {
        var owner = await RequestStore.EmployedAsync(work, input.Owner, ct) ?? throw InvalidInput.At<Words>("owner", "PersonUnknown", input.Owner);
        var reviewer = await RequestStore.EmployedAsync(work, input.Reviewer, ct) ?? throw InvalidInput.At<Words>("reviewer", "PersonUnknown", input.Reviewer);
        var terms = new RequestTerms(input.Title.Trim(), input.Guidance.Trim(), input.Minutes, input.Every, input.OpensOffset, input.DueOffset, input.DueUnit, owner, reviewer, input.StartOn, input.EndOn, input.Shift);
        terms.Check();
        // Years of past periods opened by a slip of the pen would mail their owner for all of them.
        return input.StartOn < work.Today.AddYears(-EarliestYears) ? throw InvalidInput.At<Words>("startOn", "StartTooEarly", EarliestYears) : terms;
    }

    private static async Task<IReadOnlyList<string>> ItemsAsync(UnitOfWork work, IReadOnlyList<string> given, CancellationToken ct)
    {
        var items = given.Select(item => item.Trim()).Where(item => item.Length > 0).Distinct().ToList();
        if (items.Count == 0)
        {
            throw InvalidInput.At<Words>("items", "ItemsNeeded");
        }
        var assessable = (await RequestStore.AssessableAsync(work, items, ct)).ToHashSet();
        return items.FirstOrDefault(item => !assessable.Contains(item)) is { } wrong ? throw InvalidInput.At<Words>("items", "ItemNotAssessable", wrong) : items;
    }
}
