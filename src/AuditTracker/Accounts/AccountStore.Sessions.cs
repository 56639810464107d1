using AuditTracker.Platform.Database;

namespace AuditTracker.Accounts;

/// <summary>A live session as its person sees it. System clock, UTC.</summary>
public sealed record SessionRow(long Id, DateTime CreatedAt, DateTime SeenAt, DateTime ExpiresAt, string? Factor, string Agent);

public sealed partial class AccountStore
{
    /// <param name="factor">What it came in with besides the password, or null.</param>
    /// <param name="waits">The second factor is still awaited.</param>
    public Task StartSessionAsync(UnitOfWork work, long account, byte[] tokenHash, DateTime now, DateTime expires, string agent, string? factor, bool waits, CancellationToken ct) =>
        work.ExecuteAsync("""
            insert into sessions (token_hash, account_id, created_at, seen_at, expires_at, confirmed_at, agent, factor, waits)
            values (@tokenHash, @account, @now, @now, @expires, @now, @agent, @factor, @waits)
            """, new { tokenHash, account, now, expires, agent = agent.Length > 200 ? agent[..200] : agent, factor, waits }, ct);

    public Task EndSessionAsync(UnitOfWork work, byte[] tokenHash, DateTime now, CancellationToken ct) =>
        work.ExecuteAsync("update sessions set ended_at = @now where token_hash = @tokenHash and ended_at is null", new { tokenHash, now }, ct);

    /// <summary>Ends one session of the account, or with <paramref name="only"/> null all but <paramref name="except"/>.</summary>
    /// <returns>How many were live.</returns>
    public static Task<int> EndSessionsAsync(UnitOfWork work, long account, long? only, long? except, DateTime now, CancellationToken ct) =>
        work.ExecuteAsync("""
            update sessions set ended_at = @now where account_id = @account and ended_at is null and (@only::bigint is null or id = @only) and (@except::bigint is null or id <> @except)
            """, new { account, only, except, now }, ct);

    /// <summary>The account's live sessions, the one used last first.</summary>
    public async Task<IReadOnlyList<SessionRow>> SessionsAsync(long account, TimeSpan idle, DateTime now, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<SessionRow>("""
            select id, created_at, seen_at, expires_at, factor, agent from sessions
            where account_id = @account and not waits and ended_at is null and expires_at > @now and seen_at > @now - @idle order by seen_at desc, id desc limit 50
            """, new { account, idle, now }, ct);
    }
}
