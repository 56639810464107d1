using System.Security.Cryptography;
using System.Text;
using AuditTracker.Notifications;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Accounts;

/// <summary>
/// Signing in with a code by mail in the place of the password: eight digits, ten minutes, one use, five tries, and only in the browser that asked,
/// so that whoever sees the mail (or a stranger who asked for it) has half of it. It stands for the password alone: a second factor is asked for as
/// ever. Nothing tells whether an address exists.
/// </summary>
public sealed class MailedCode(Db db, SignIn signIn, TimeProvider time)
{
    public const int Minutes = 10;
    public const int Tries = 5;

    /// <summary>So many mails an account gets in a quarter of an hour, and in a day.</summary>
    public const int MostAtOnce = 5;
    public const int MostADay = 20;

    private const int Digits = 8;

    // A hundred million codes are few: reading the row must not give the code away before it ends.
    private const int Rounds = 100_000;

    private sealed record Asking(long Id, long? PersonId, string Name, string SignIn, string Language);

    private sealed record Row(long Id, long? AccountId, byte[] CodeSalt, byte[]? CodeHash, int Tries);

    /// <summary>Mails a code, if an active account with a password has this sign-in name and was not sent too many.</summary>
    /// <param name="before">The secret this browser got when it asked before, or null.</param>
    /// <returns>The secret that the browser keeps, whether anything was mailed or not.</returns>
    public async Task<string> AskAsync(string signInName, string? before, string requestId, CancellationToken ct)
    {
        var (now, browser) = (time.GetUtcNow().UtcDateTime, Secrets.New());
        await using var work = await db.BeginAsync(new Actor("visitor", requestId), ct);
        await work.ExecuteAsync("delete from mailed_codes where created_at < @now - interval '1 day'", new { now }, ct);
        if (before is not null && await EndAsync(work, Secrets.Hash(before), now, ct) is { } old)
        {
            await AccountMails.SettleCodeAsync(work, old, ct);
        }
        var account = await work.FirstAsync<Asking>("""
            select a.id, a.person_id, coalesce(p.name, nullif(a.name, ''), a.sign_in) as name, a.sign_in, a.language
            from accounts a left join people p on p.id = a.person_id
            where a.sign_in_key = @key and a.disabled_at is null and a.password_hash is not null and (p.left_on is null or p.left_on >= @Today)
            for update of a
            """, new { key = AccountStore.Key(signInName), work.Today }, ct);
        // Counted when the row is ours: counted while waiting for it, all that wait would count the same.
        if (account is not null && !await work.FirstAsync<bool>("""
            select count(*) filter (where created_at > @now - interval '15 minutes') < @MostAtOnce and count(*) < @MostADay from mailed_codes where account_id = @Id
            """, new { account.Id, now, MostAtOnce, MostADay }, ct))
        {
            account = null;
        }
        var id = await work.FirstAsync<long>("""
            insert into mailed_codes (account_id, browser_hash, code_salt, created_at, expires_at) values (@account, @hash, @salt, @now, @until) returning id
            """, new { account = account?.Id, hash = Secrets.Hash(browser), salt = RandomNumberGenerator.GetBytes(16), now, until = now.AddMinutes(Minutes) }, ct);
        if (account is not null)
        {
            await AccountMails.TellCodeAsync(work, id, account.PersonId, account.PersonId is null ? new Recipient(account.Name, account.SignIn, account.Language) : null, Minutes, ct);
            await work.ActAsync("account.codeAsked", $"account:{account.Id}", ct: ct);
        }
        await work.CommitAsync(ct);
        return browser;
    }

    /// <summary>Whether this browser may still enter one.</summary>
    public async Task<bool> IsAwaitedAsync(string browser, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<bool>("select exists (select from mailed_codes where browser_hash = @hash and ended_at is null and expires_at > @now)",
            new { hash = Secrets.Hash(browser), now = time.GetUtcNow().UtcDateTime }, ct);
    }

    /// <returns>The session or its second step; wrong; or null when there is no code to enter (any more): it has ended, or this was the last try.</returns>
    public async Task<SignInResult?> RunAsync(string browser, string? code, string agent, string requestId, CancellationToken ct)
    {
        var (now, hash) = (time.GetUtcNow().UtcDateTime, Secrets.Hash(browser));
        await using var work = await db.BeginAsync(new Actor("visitor", requestId), ct);
        var row = await work.FirstAsync<Row>("""
            select id, account_id, code_salt, code_hash, tries from mailed_codes where browser_hash = @hash and ended_at is null and expires_at > @now for update
            """, new { hash, now }, ct);
        if (row is null)
        {
            return null;
        }
        // Every answer takes the same time, whether there is an account and a mail or not.
        var typed = HashOf(Read(code), row.CodeSalt);
        var account = row.AccountId is { } id ? await AccountStore.ForSignInAsync(work, id, ct) : null;
        if (account is null || row.CodeHash is null || !CryptographicOperations.FixedTimeEquals(typed, row.CodeHash))
        {
            var isLast = row.Tries + 1 >= Tries;
            await work.ExecuteAsync("update mailed_codes set tries = tries + 1, ended_at = case when @isLast then @now end where id = @Id", new { row.Id, isLast, now }, ct);
            if (account is not null)
            {
                await work.ActAsync("account.signInFailed", $"account:{account.Id}", ct: ct);
            }
            await work.CommitAsync(ct);
            return isLast ? null : new SignInResult.Wrong();
        }
        await EndAsync(work, hash, now, ct);
        await work.ActAsync("account.codeEntered", $"account:{account.Id}", ct: ct);
        var entered = await signIn.AfterPasswordAsync(work, account, agent, ct);
        await work.CommitAsync(ct);
        return entered;
    }

    /// <summary>A new code for a mail that is being sent; the one before, of a mail that was tried already, ends.</summary>
    /// <returns>As the mail shows it: <c>1234 5678</c>.</returns>
    internal static async Task<string> MintAsync(UnitOfWork work, long id, CancellationToken ct)
    {
        var code = RandomNumberGenerator.GetInt32(100_000_000).ToString("D8", System.Globalization.CultureInfo.InvariantCulture);
        var salt = RandomNumberGenerator.GetBytes(16);
        await work.ExecuteAsync("update mailed_codes set code_salt = @salt, code_hash = @hash where id = @id and ended_at is null", new { id, salt, hash = HashOf(code, salt) }, ct);
        return $"{code[..4]} {code[4..]}";
    }

    private static async Task<long?> EndAsync(UnitOfWork work, byte[] browser, DateTime now, CancellationToken ct) =>
        await work.FirstAsync<long?>("update mailed_codes set ended_at = @now where browser_hash = @browser and ended_at is null returning id", new { browser, now }, ct);

    /// <summary>Digits only, whatever their width; what cannot be a code is no code.</summary>
    private static string Read(string? typed) =>
        new string([.. (typed ?? "").Normalize(NormalizationForm.FormKC).Where(char.IsAsciiDigit)]) is { Length: Digits } digits ? digits : "";

    private static byte[] HashOf(string code, byte[] salt) => Rfc2898DeriveBytes.Pbkdf2(code, salt, Rounds, HashAlgorithmName.SHA256, 32);
}
