using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>One collection that went from somebody to somebody.</summary>
/// <param name="IsStill">It is still with the new owner, and not handed in yet.</param>
public sealed record Assignment(long CollectionId, long FromId, long ToId, DateTime At, bool IsStill);

/// <summary>SQL of who was made to owe what.</summary>
public static class AssignmentStore
{
    /// <summary>Moves collections to a person and keeps who had them.</summary>
    public static Task MoveAsync(UnitOfWork work, CurrentUser user, long batch, long[] ids, long to, CancellationToken ct) => work.ExecuteAsync("""
        insert into collection_assignments (batch, collection_id, from_id, to_id, by_account, at) select @batch, id, assignee_id, @to, @AccountId, @Now from collections where id = any(@ids) order by id;
        update collections set assignee_id = @to where id = any(@ids);
        """, new { batch, ids, to, user.AccountId, work.Now }, ct);

    /// <summary>Keeps what a job moved: each collection from one person to another, in the same places of the three lists.</summary>
    public static Task KeepAsync(UnitOfWork work, long[] ids, long[] from, long[] to, CancellationToken ct) => work.ExecuteAsync("""
        insert into collection_assignments (batch, collection_id, from_id, to_id, at)
        select b.batch, m.id, m.from_id, m.to_id, @Now from (select nextval('assignment_batches') as batch) b, unnest(@ids, @from, @to) m (id, from_id, to_id) order by m.id
        """, new { ids, from, to, work.Now }, ct);

    /// <summary>What a batch of this user's moved, locked; nothing when it was taken back before.</summary>
    public static Task<IReadOnlyList<Assignment>> OfBatchAsync(UnitOfWork work, CurrentUser user, long batch, CancellationToken ct) => work.QueryAsync<Assignment>("""
        select a.collection_id, a.from_id, a.to_id, a.at, c.assignee_id = a.to_id and c.state in ('planned', 'open', 'returned') as is_still
        from collection_assignments a join collections c on c.id = a.collection_id
        where a.batch = @batch and a.by_account = @AccountId and a.undoes is null and not exists (select 1 from collection_assignments u where u.undoes = a.batch and u.collection_id = a.collection_id)
        order by c.id for update of c
        """, new { batch, user.AccountId }, ct);

    /// <summary>Gives back what is still with the new owner.</summary>
    public static Task MoveBackAsync(UnitOfWork work, CurrentUser user, long batch, CancellationToken ct) => work.ExecuteAsync("""
        with back as (
            insert into collection_assignments (batch, collection_id, from_id, to_id, by_account, at, undoes)
            select nextval('assignment_batches'), a.collection_id, a.to_id, a.from_id, @AccountId, @Now, a.batch
            from collection_assignments a join collections c on c.id = a.collection_id
            where a.batch = @batch and a.by_account = @AccountId and c.assignee_id = a.to_id and c.state in ('planned', 'open', 'returned')
            returning collection_id, to_id)
        update collections c set assignee_id = back.to_id from back where c.id = back.collection_id
        """, new { batch, user.AccountId, work.Now }, ct);
}
