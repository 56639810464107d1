using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>Who has a submission in hand: "確認中：清水さん 10:41から".</summary>
public sealed record ReviewLease(long CollectionId, string Name, DateTime TakenAt, bool IsMine);

/// <summary>
/// Taking a review in hand, so that two people do not do the same work. It is a word and no lock: everybody who may decide still may. It ends with the
/// decision, when it is laid down, or after the minutes of <c>review_terms</c>.
/// </summary>
public sealed class TakeReview(Db db)
{
    /// <summary>The leases in force among these collections.</summary>
    public async Task<IReadOnlyDictionary<long, ReviewLease>> OfAsync(CurrentUser user, IEnumerable<long> collections, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["ids"] = collections.ToArray();
        await using var connection = await db.OpenAsync(ct);
        return (await connection.ListAsync<ReviewLease>($"""
            select l.collection_id, coalesce(p.name, nullif(a.name, ''), a.sign_in) as name, l.taken_at, l.account_id = @account as is_mine
            from review_leases l join collections c on c.id = l.collection_id join accounts a on a.id = l.account_id left join people p on p.id = a.person_id
            where l.collection_id = any (@ids) and l.until > business_now() and c.state = 'submitted' and {CollectionScope.Condition}
            """, parameters, ct)).ToDictionary(lease => lease.CollectionId);
    }

    /// <summary>Takes it in hand, also from somebody else's.</summary>
    /// <exception cref="NotFound">Not there, or not the user's to review.</exception>
    /// <exception cref="Refusal">Nothing waits for a decision, or it is the user's own.</exception>
    public async Task TakeAsync(CurrentUser user, long collection, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var found = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayReview, ct) ?? throw new NotFound();
        found.Decide(Decision.Accept, "", user.AccountId, user.PersonId, user.Is(Role.ComplianceManager));
        await work.ExecuteAsync("""
            insert into review_leases (collection_id, account_id, taken_at, until)
            select @collection, @AccountId, @Now, @Now + make_interval(mins => hold_minutes) from review_terms
            on conflict (collection_id) do update set account_id = excluded.account_id, until = excluded.until,
                taken_at = case when review_leases.account_id = excluded.account_id and review_leases.until > excluded.taken_at then review_leases.taken_at else excluded.taken_at end
            """, new { collection, user.AccountId, work.Now }, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Lays one's own down again.</summary>
    public async Task LayDownAsync(CurrentUser user, long collection, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await work.ExecuteAsync("delete from review_leases where collection_id = @collection and account_id = @AccountId", new { collection, user.AccountId }, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>It was decided, or there is nothing to decide any more.</summary>
    public static Task EndAsync(UnitOfWork work, long collection, CancellationToken ct) =>
        work.ExecuteAsync("delete from review_leases where collection_id = @collection", new { collection }, ct);
}
