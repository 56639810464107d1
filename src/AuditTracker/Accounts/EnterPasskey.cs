using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Accounts;

/// <summary>A passkey at the three places where one proves who one is: the door, the second step, a change that matters.</summary>
public sealed class EnterPasskey(Db db, Passkeys passkeys, PasskeyStore store, SignIn signIn, EnterCode codes, ConfirmCaller confirm, TimeProvider time)
{
    /// <summary>A challenge for whoever asks: the keys of the signed-in or half signed-in account, else whichever the device has.</summary>
    public async Task<PasskeyChallenge> AskAsync(HttpContext http, CancellationToken ct)
    {
        long? account = http.Caller()?.AccountId;
        if (account is null && http.Request.Cookies[IdentifyCaller.WaitingCookie] is { Length: > 0 } waiting)
        {
            await using var work = await db.BeginAsync(new Actor("visitor", http.TraceIdentifier), ct);
            account = await AccountStore.WaitingAsync(work, Secrets.Hash(waiting), time.GetUtcNow().UtcDateTime, ct);
        }
        return await passkeys.AskAsync(account is { } id ? await store.FindByIdAsync($"{id}", ct) : null, http, ct);
    }

    /// <summary>Signs in without a password. A key cannot be guessed, so a lock after wrong passwords does not stop it.</summary>
    public async Task<SignInResult> SignInAsync(string? key, string? credential, HttpContext http, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(new Actor("visitor", http.TraceIdentifier), ct);
        if (await passkeys.AnswerAsync(work, key, credential, http, ct) is not { } id || await AccountStore.ForSignInAsync(work, id, ct) is not { } account)
        {
            return new SignInResult.Wrong();
        }
        var token = await signIn.EnterAsync(work, account.Id, SecondFactor.Passkey, http.Request.Headers.UserAgent.ToString(), ct);
        await work.CommitAsync(ct);
        return new SignInResult.Started(token);
    }

    /// <inheritdoc cref="EnterCode.RunAsync(string, string, string, string, CancellationToken)"/>
    public Task<SignInResult?> SecondAsync(string waiting, string? key, string? credential, HttpContext http, CancellationToken ct) =>
        codes.RunAsync(waiting, http.Request.Headers.UserAgent.ToString(), http.TraceIdentifier,
            async (work, account) => await passkeys.AnswerAsync(work, key, credential, http, ct) == account.Id ? SecondFactor.Passkey : null, ct);

    /// <inheritdoc cref="ConfirmCaller.RunAsync(CurrentUser, CallerSession, string, string, CancellationToken)"/>
    public Task ConfirmAsync(CurrentUser user, CallerSession session, string? key, string? credential, HttpContext http, CancellationToken ct) =>
        confirm.RunAsync(user, session, async (work, account) => await passkeys.AnswerAsync(work, key, credential, http, ct) == account.Id, ct);
}
