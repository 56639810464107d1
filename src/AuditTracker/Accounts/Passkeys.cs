using System.Globalization;
using System.Net;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AuditTracker.Accounts;

/// <summary>A challenge for the browser.</summary>
/// <param name="Key">Comes back with the answer; good once, for five minutes.</param>
/// <param name="Options">JSON for <c>navigator.credentials</c>.</param>
public sealed record PasskeyChallenge(string Key, string Options);

/// <summary>
/// Passkeys: the device asks for finger, face or PIN itself (user verification is required), so that one is both factors. They belong to the
/// address people use; who makes the device is not checked.
/// </summary>
public sealed class Passkeys
{
    /// <summary>The most keys of an account, and the longest name of one.</summary>
    public const int Most = 10;
    public const int LongestName = 50;
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(5);
    private readonly Db db;
    private readonly TimeProvider time;
    private readonly PasskeyHandler<PasskeyAccount> handler;

    public Passkeys(Db db, PasskeyStore store, Settings settings, TimeProvider time, IServiceProvider services, ILogger<UserManager<PasskeyAccount>> log)
    {
        (this.db, this.time) = (db, time);
        var address = new Uri(settings.PublicAddress);
        Domain = address.Host;
        var users = new UserManager<PasskeyAccount>(store, Options.Create(new IdentityOptions()), new PasswordHasher<PasskeyAccount>(), [], [], new UpperInvariantLookupNormalizer(), new IdentityErrorDescriber(), services, log);
        handler = new PasskeyHandler<PasskeyAccount>(users, Options.Create(new IdentityPasskeyOptions
        {
            // Without it the domain would be whatever the Host header says.
            ServerDomain = Domain,
            UserVerificationRequirement = "required",
            ResidentKeyRequirement = "required",
            AuthenticatorTimeout = Length,
            ValidateOrigin = context => ValueTask.FromResult(!context.CrossOrigin && Uri.TryCreate(context.Origin, UriKind.Absolute, out var origin)
                && (settings.HasPublicAddress ? origin.GetLeftPart(UriPartial.Authority) == address.GetLeftPart(UriPartial.Authority)
                    : origin.Host == Domain && origin.Authority == context.HttpContext.Request.Host.Value)),
        }));
    }

    /// <summary>The name keys are bound to; the browser offers none on another.</summary>
    public string Domain { get; }

    /// <summary>An address without a name cannot have passkeys.</summary>
    public bool ArePossible => !IPAddress.TryParse(Domain.Trim('[', ']'), out _);

    /// <summary>Begins to tie a key to the caller's account.</summary>
    public async Task<PasskeyChallenge> OfferAsync(CurrentUser user, HttpContext http, CancellationToken ct)
    {
        var made = await handler.MakeCreationOptionsAsync(new PasskeyUserEntity { Id = user.AccountId.ToString(CultureInfo.InvariantCulture), Name = user.SignIn, DisplayName = user.Name }, http);
        return await KeepAsync(made.CreationOptionsJson, made.AttestationState!, user.RequestId, ct);
    }

    /// <summary>Ties the key to the caller's account; other sessions end, this one has its second factor.</summary>
    /// <returns>New recovery codes when there were none; else empty.</returns>
    /// <exception cref="InvalidInput">At <c>name</c>.</exception>
    /// <exception cref="Refusal">The answer does not fit, the key is known already, or there are ten.</exception>
    public async Task<IReadOnlyList<string>> AddAsync(CurrentUser user, CallerSession session, string? name, string? key, string? credential, HttpContext http, CancellationToken ct)
    {
        name = (name ?? "").Trim();
        if (name.Length is 0 or > LongestName)
        {
            throw InvalidInput.At<Words>("name", "PasskeyName", LongestName);
        }
        var now = time.GetUtcNow().UtcDateTime;
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var result = await handler.PerformAttestationAsync(new PasskeyAttestationContext { CredentialJson = credential ?? "", AttestationState = await TakeAsync(work, key, now, ct), HttpContext = http });
        if (!result.Succeeded || result.UserEntity.Id != user.AccountId.ToString(CultureInfo.InvariantCulture) || !result.Passkey.IsUserVerified)
        {
            throw Refusal.Of<Words>("PasskeyNotAdded");
        }
        var had = await AccountStore.FactorsAsync(work, user.AccountId, ct) ?? throw new NotFound();
        if (had.Passkeys >= Most)
        {
            throw Refusal.Of<Words>("PasskeysFull", Most);
        }
        await InsertAsync(work, user.AccountId, name, result.Passkey, now, ct);
        var codes = await SetUpAuthenticator.AddedAsync(work, user, session, had, SecondFactor.Passkey, now, ct);
        await work.CommitAsync(ct);
        return codes;
    }

    /// <summary>A challenge for signing in or confirming.</summary>
    /// <param name="account">Whose keys may answer; null: whoever's the device has.</param>
    public async Task<PasskeyChallenge> AskAsync(PasskeyAccount? account, HttpContext http, CancellationToken ct)
    {
        var made = await handler.MakeRequestOptionsAsync(account, http);
        return await KeepAsync(made.RequestOptionsJson, made.AssertionState!, http.TraceIdentifier, ct);
    }

    /// <summary>The account whose key answered the challenge, which is used up; null when the answer does not fit.</summary>
    public async Task<long?> AnswerAsync(UnitOfWork work, string? key, string? credential, HttpContext http, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var result = await handler.PerformAssertionAsync(new PasskeyAssertionContext { CredentialJson = credential ?? "", AssertionState = await TakeAsync(work, key, now, ct), HttpContext = http });
        if (!result.Succeeded || !result.Passkey.IsUserVerified)
        {
            return null;
        }
        await work.ExecuteAsync("update passkeys set sign_count = @count, backed_up = @IsBackedUp, last_used_at = @now where credential_id = @CredentialId",
            new { count = (long)result.Passkey.SignCount, result.Passkey.IsBackedUp, result.Passkey.CredentialId, now }, ct);
        return result.User.Id;
    }

    /// <exception cref="NotFound">Not a key of this user.</exception>
    /// <exception cref="InvalidInput">At <c>name</c>.</exception>
    public async Task RenameAsync(CurrentUser user, long passkey, string? name, CancellationToken ct)
    {
        name = (name ?? "").Trim();
        if (name.Length is 0 or > LongestName)
        {
            throw InvalidInput.At<Words>("name", "PasskeyName", LongestName);
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (await work.ExecuteAsync("update passkeys set name = @name where id = @passkey and account_id = @AccountId", new { name, passkey, user.AccountId }, ct) == 0)
        {
            throw new NotFound();
        }
        await work.CommitAsync(ct);
    }

    /// <exception cref="NotFound">Not a key of this user.</exception>
    /// <exception cref="Refusal">It is the last factor of somebody whose role asks for one.</exception>
    public async Task RemoveAsync(CurrentUser user, long passkey, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var had = await AccountStore.FactorsAsync(work, user.AccountId, ct) ?? throw new NotFound();
        if (await work.ExecuteAsync("delete from passkeys where id = @passkey and account_id = @AccountId", new { passkey, user.AccountId }, ct) == 0)
        {
            throw new NotFound();
        }
        await RemoveFactor.RemovedAsync(work, user, had with { Passkeys = had.Passkeys - 1 }, SecondFactor.Passkey, time.GetUtcNow().UtcDateTime, ct);
        await work.CommitAsync(ct);
    }

    private static async Task InsertAsync(UnitOfWork work, long account, string name, UserPasskeyInfo made, DateTime now, CancellationToken ct)
    {
        try
        {
            await work.ExecuteAsync("""
                insert into passkeys (account_id, name, credential_id, public_key, sign_count, transports, user_verified, backup_eligible, backed_up, attestation, client_data, created_at)
                values (@account, @name, @CredentialId, @PublicKey, @count, @transports, @IsUserVerified, @IsBackupEligible, @IsBackedUp, @AttestationObject, @ClientDataJson, @now)
                """, new
            {
                account,
                name,
                made.CredentialId,
                made.PublicKey,
                count = (long)made.SignCount,
                transports = string.Join(',', made.Transports ?? []),
                made.IsUserVerified,
                made.IsBackupEligible,
                made.IsBackedUp,
                made.AttestationObject,
                made.ClientDataJson,
                now,
            }, ct);
        }
        catch (PostgresException e) when (e.ConstraintName == "passkeys_credential")
        {
            throw Refusal.Of<Words>("PasskeyNotAdded");
        }
    }

    private async Task<PasskeyChallenge> KeepAsync(string options, string state, string requestId, CancellationToken ct)
    {
        var (key, now) = (Secrets.New(), time.GetUtcNow().UtcDateTime);
        await using var work = await db.BeginAsync(new Actor("visitor", requestId), ct);
        await work.ExecuteAsync("""
            delete from passkey_challenges where expires_at < @now;
            insert into passkey_challenges (key_hash, state, expires_at) values (@hash, @state, @expires);
            """, new { now, hash = Secrets.Hash(key), state, expires = now + Length }, ct);
        await work.CommitAsync(ct);
        return new PasskeyChallenge(key, options);
    }

    /// <summary>Whoever answers a challenge takes it away, right or wrong.</summary>
    private static Task<string?> TakeAsync(UnitOfWork work, string? key, DateTime now, CancellationToken ct) =>
        work.FirstAsync<string>("delete from passkey_challenges where key_hash = @hash and expires_at > @now returning state", new { hash = Secrets.Hash(key ?? ""), now }, ct);
}
