using System.Globalization;
using AuditTracker.Platform.Database;
using Microsoft.AspNetCore.Identity;

namespace AuditTracker.Accounts;

/// <summary>An account as the framework's passkey handler knows it.</summary>
public sealed record PasskeyAccount(long Id, string SignIn);

/// <summary>A passkey as its person sees it. System clock, UTC.</summary>
public sealed record PasskeyRow(long Id, string Name, DateTime CreatedAt, DateTime? LastUsedAt);

/// <summary>
/// What the framework's passkey handler asks of a store: accounts and their keys, read only. Writing is the use cases' (<see cref="Passkeys"/>), in
/// their own transactions.
/// </summary>
public sealed class PasskeyStore(Db db) : IUserPasskeyStore<PasskeyAccount>
{
    private sealed class Stored
    {
        public byte[] CredentialId { get; init; } = [];
        public byte[] PublicKey { get; init; } = [];
        public long SignCount { get; init; }
        public string Transports { get; init; } = "";
        public bool UserVerified { get; init; }
        public bool BackupEligible { get; init; }
        public bool BackedUp { get; init; }
        public byte[] Attestation { get; init; } = [];
        public byte[] ClientData { get; init; } = [];
        public DateTime CreatedAt { get; init; }
    }

    private const string Select = "select credential_id, public_key, sign_count, transports, user_verified, backup_eligible, backed_up, attestation, client_data, created_at from passkeys";

    public async Task<PasskeyAccount?> FindByIdAsync(string userId, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(cancellationToken);
        return long.TryParse(userId, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? await connection.FirstAsync<PasskeyAccount>("select id, sign_in from accounts where id = @id and disabled_at is null", new { id }, cancellationToken) : null;
    }

    public async Task<PasskeyAccount?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(cancellationToken);
        return await connection.FirstAsync<PasskeyAccount>("select a.id, a.sign_in from passkeys k join accounts a on a.id = k.account_id where k.credential_id = @credentialId", new { credentialId }, cancellationToken);
    }

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(PasskeyAccount user, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(cancellationToken);
        return [.. (await connection.ListAsync<Stored>($"{Select} where account_id = @Id order by id", user, cancellationToken)).Select(From)];
    }

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(PasskeyAccount user, byte[] credentialId, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(cancellationToken);
        return await connection.FirstAsync<Stored>($"{Select} where account_id = @Id and credential_id = @credentialId", new { user.Id, credentialId }, cancellationToken) is { } stored ? From(stored) : null;
    }

    /// <summary>The keys of an account as its person sees them.</summary>
    public async Task<IReadOnlyList<PasskeyRow>> ListAsync(long account, CancellationToken cancellationToken)
    {
        await using var connection = await db.OpenAsync(cancellationToken);
        return await connection.ListAsync<PasskeyRow>("select id, name, created_at, last_used_at from passkeys where account_id = @account order by id", new { account }, cancellationToken);
    }

    public Task<string> GetUserIdAsync(PasskeyAccount user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString(CultureInfo.InvariantCulture));

    public Task<string?> GetUserNameAsync(PasskeyAccount user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.SignIn);

    public Task<string?> GetNormalizedUserNameAsync(PasskeyAccount user, CancellationToken cancellationToken) => Task.FromResult<string?>(AccountStore.Key(user.SignIn));

    public Task AddOrUpdatePasskeyAsync(PasskeyAccount user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RemovePasskeyAsync(PasskeyAccount user, byte[] credentialId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetUserNameAsync(PasskeyAccount user, string? userName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetNormalizedUserNameAsync(PasskeyAccount user, string? normalizedName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> CreateAsync(PasskeyAccount user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> UpdateAsync(PasskeyAccount user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> DeleteAsync(PasskeyAccount user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<PasskeyAccount?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private static UserPasskeyInfo From(Stored stored) => new(stored.CredentialId, stored.PublicKey, new DateTimeOffset(stored.CreatedAt, TimeSpan.Zero), (uint)stored.SignCount,
        stored.Transports.Split(',', StringSplitOptions.RemoveEmptyEntries), stored.UserVerified, stored.BackupEligible, stored.BackedUp, stored.Attestation, stored.ClientData);
}
