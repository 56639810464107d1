using System.Security.Cryptography;
using AuditTracker.Platform.Database;

namespace AuditTracker.Accounts;

public sealed partial class AccountStore
{
    private sealed class StoredCode
    {
        public long Id { get; init; }
        public byte[] Salt { get; init; } = [];
        public byte[] CodeHash { get; init; } = [];
    }

    private const string FactorsOf = """
        select a.totp_since, (select count(*) from passkeys k where k.account_id = a.id) as passkeys,
               (select count(*) from recovery_codes r where r.account_id = a.id and r.used_at is null) as codes
        from accounts a where a.id = @account
        """;

    public async Task<Factors> FactorsAsync(long account, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return (await connection.FirstAsync<Factors>(FactorsOf, new { account }, ct))!;
    }

    /// <summary>The same inside an operation; the account is locked until it ends.</summary>
    public static async Task<Factors?> FactorsAsync(UnitOfWork work, long account, CancellationToken ct) =>
        await work.FirstAsync<Factors>(FactorsOf + " for update of a", new { account }, ct);

    /// <param name="secret">Protected.</param>
    /// <param name="step">Of the code that proved it.</param>
    public static Task SetTotpAsync(UnitOfWork work, long account, byte[]? secret, long? step, DateTime? since, CancellationToken ct) =>
        work.ExecuteAsync("update accounts set totp_secret = @secret, totp_step = @step, totp_since = @since where id = @account", new { account, secret, step, since }, ct);

    /// <summary>Remembers that a code of this step was taken.</summary>
    /// <returns>False when this step, or a later one, was taken before.</returns>
    public static async Task<bool> TakeStepAsync(UnitOfWork work, long account, long step, CancellationToken ct) =>
        await work.ExecuteAsync("update accounts set totp_step = @step where id = @account and (totp_step is null or totp_step < @step)", new { account, step }, ct) == 1;

    /// <summary>New recovery codes instead of all the account has; none with an empty list.</summary>
    public static async Task SetCodesAsync(UnitOfWork work, long account, IReadOnlyList<string> codes, DateTime now, CancellationToken ct)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var hashes = codes.Select(code => RecoveryCodes.Hash(RecoveryCodes.Read(code)!, salt)).ToArray();
        await work.ExecuteAsync("delete from recovery_codes where account_id = @account", new { account }, ct);
        await work.ExecuteAsync("insert into recovery_codes (account_id, salt, code_hash, created_at) select @account, @salt, hash, @now from unnest(@hashes) as hash", new { account, salt, hashes, now }, ct);
    }

    /// <summary>Uses a recovery code up.</summary>
    /// <param name="code">As <see cref="RecoveryCodes.Read"/> gives it.</param>
    /// <returns>False when the account has no such code left.</returns>
    public static async Task<bool> UseCodeAsync(UnitOfWork work, long account, string code, DateTime now, CancellationToken ct)
    {
        var left = await work.QueryAsync<StoredCode>("select id, salt, code_hash from recovery_codes where account_id = @account and used_at is null for update", new { account }, ct);
        // A set has one salt, so one slow hash answers for all of them.
        var hashes = left.DistinctBy(stored => Convert.ToHexString(stored.Salt)).ToDictionary(stored => Convert.ToHexString(stored.Salt), stored => RecoveryCodes.Hash(code, stored.Salt));
        var found = left.FirstOrDefault(stored => CryptographicOperations.FixedTimeEquals(stored.CodeHash, hashes[Convert.ToHexString(stored.Salt)]));
        return found is not null && await work.ExecuteAsync("update recovery_codes set used_at = @now where id = @Id and used_at is null", new { found.Id, now }, ct) == 1;
    }

    public static Task RemovePasskeysAsync(UnitOfWork work, long account, CancellationToken ct) =>
        work.ExecuteAsync("delete from passkeys where account_id = @account", new { account }, ct);

    /// <summary>The session has proven the person again, and by which factor when there was one.</summary>
    public static Task ConfirmSessionAsync(UnitOfWork work, long session, string? factor, DateTime now, CancellationToken ct) =>
        work.ExecuteAsync("update sessions set confirmed_at = @now, factor = coalesce(@factor, factor) where id = @session", new { session, factor, now }, ct);

    /// <summary>The account whose password was right and whose second factor is awaited in this session; null when it ended.</summary>
    public static Task<long?> WaitingAsync(UnitOfWork work, byte[] tokenHash, DateTime now, CancellationToken ct) =>
        work.FirstAsync<long?>("select account_id from sessions where token_hash = @tokenHash and waits and ended_at is null and expires_at > @now for update", new { tokenHash, now }, ct);
}
