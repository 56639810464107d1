using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Notifications;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Accounts;

/// <summary>What happened to an account that its person must learn of; the names are keys of the room's words behind <c>News</c>.</summary>
public enum SecurityNews { Locked, PasswordChanged, FactorAdded, FactorRemoved, RecoveryUsed, RecoveryRenewed, FactorReset }

/// <summary>The room's mails; all leave at once. Links are minted when a mail is sent, so no secret stands in a row.</summary>
public static class AccountMails
{
    private const string Invitation = "accounts/invitation";
    private const string Reset = "accounts/password-reset";
    private const string Code = "accounts/sign-in-code";
    private const string Security = "accounts/security";
    private const string RoleGranted = "accounts/role-granted";

    /// <summary>The page of both kinds of links.</summary>
    public const string LinkPath = "/invitation";

    /// <summary>For Notifications: gives an invitation or reset link, or a code, its secret while its mail is being sent.</summary>
    public static IEnumerable<SecretMail> Secrets => [new(Invitation, MintAsync), new(Reset, MintAsync), new(Code, (work, subject, ct) => MailedCode.MintAsync(work, IdOf(subject), ct))];

    /// <param name="invitedBy">Null from the command line.</param>
    public static Task TellInvitedAsync(UnitOfWork work, long link, long person, string signIn, DateOnly expiresOn, string? invitedBy, CancellationToken ct) =>
        work.TellNowAsync(new Notice($"{Invitation}:{link}", Invitation, person, Subject(link))
        {
            Model = new Dictionary<string, object?> { ["signInName"] = signIn, ["expiresOn"] = DateText.Iso(expiresOn), ["invitedBy"] = invitedBy },
        }, ct: ct);

    /// <param name="to">The account's address when no person stands behind it.</param>
    public static Task TellResetAsync(UnitOfWork work, long link, long? person, Recipient? to, int validMinutes, CancellationToken ct) =>
        work.TellNowAsync(new Notice($"{Reset}:{link}", Reset, person, Subject(link)) { Model = new Dictionary<string, object?> { ["validMinutes"] = validMinutes } }, to, ct);

    /// <summary>The code itself stands in the mail where others have their link.</summary>
    /// <param name="to">The account's address when no person stands behind it.</param>
    public static Task TellCodeAsync(UnitOfWork work, long code, long? person, Recipient? to, int validMinutes, CancellationToken ct) =>
        work.TellNowAsync(new Notice($"{Code}:{code}", Code, person, CodeSubject(code)) { Model = new Dictionary<string, object?> { ["validMinutes"] = validMinutes } }, to, ct);

    /// <summary>A mail that waits must not carry a code that has ended.</summary>
    public static Task SettleCodeAsync(UnitOfWork work, long code, CancellationToken ct) => work.SettleAsync(CodeSubject(code), ct: ct);

    /// <summary>A mail that waits must not carry a link that has ended.</summary>
    public static async Task SettleLinksAsync(UnitOfWork work, long account, CancellationToken ct) =>
        await work.SettleManyAsync([.. (await AccountStore.EndedLinksAsync(work, account, ct)).Select(Subject)], ct: ct);

    /// <summary>To every administrator and compliance manager, whoever granted it.</summary>
    /// <param name="target">Name of the account's person.</param>
    /// <param name="grantedBy">Name of the administrator; null from the command line.</param>
    public static async Task TellRoleGrantedAsync(UnitOfWork work, GrantRow grant, string target, ReviewScope? scope, string? grantedBy, CancellationToken ct)
    {
        var role = RoleNames.TryParse(grant.Role, out var known) ? known : throw new InvalidOperationException(grant.Role);
        foreach (var watcher in await AccountStore.WatchersAsync(work, ct))
        {
            await work.TellNowAsync(new Notice($"{RoleGranted}:{grant.Id}:{watcher.AccountId}", RoleGranted, watcher.PersonId, $"account:{grant.AccountId}")
            {
                Model = new Dictionary<string, object?>
                {
                    ["targetName"] = target,
                    ["roleNameJa"] = RoleWords.Of(role, "ja"),
                    ["roleNameEn"] = RoleWords.Of(role, "en"),
                    ["scopeNameJa"] = scope?.NameJa,
                    ["scopeNameEn"] = scope?.NameEn,
                    ["fromOn"] = DateText.Iso(grant.FromOn),
                    ["untilOn"] = grant.ToOn is { } to ? DateText.Iso(to) : null,
                    ["grantedByJa"] = grantedBy ?? RoleWords.Text("Operator", "ja"),
                    ["grantedByEn"] = grantedBy ?? RoleWords.Text("Operator", "en"),
                    ["grantedAt"] = work.Now,
                    ["link"] = $"/accounts/{grant.AccountId}",
                },
            }, watcher.PersonId is null ? new Recipient(watcher.Name, watcher.SignIn, watcher.Language) : null, ct);
        }
    }

    /// <summary>To the account's person at once: if it was not them, they must learn of it.</summary>
    public static async Task TellSecurityAsync(UnitOfWork work, long account, SecurityNews news, CancellationToken ct)
    {
        if (await AccountStore.ReachAsync(work, account, ct) is { } person)
        {
            await TellSecurityAsync(work, account, news, person, null, null, ct);
        }
    }

    /// <summary>To every administrator and compliance manager, and to the person whose factors were reset.</summary>
    public static async Task TellFactorResetAsync(UnitOfWork work, long account, string target, string by, CancellationToken ct)
    {
        foreach (var watcher in (await AccountStore.WatchersAsync(work, ct)).Where(watcher => watcher.AccountId != account))
        {
            await TellSecurityAsync(work, account, SecurityNews.FactorReset, watcher, target, by, ct);
        }
        if (await AccountStore.ReachAsync(work, account, ct) is { } person)
        {
            await TellSecurityAsync(work, account, SecurityNews.FactorReset, person, null, by, ct);
        }
    }

    /// <param name="target">Whose account it is, for others than its person.</param>
    /// <param name="by">Who did it, when that was not the person.</param>
    private static Task TellSecurityAsync(UnitOfWork work, long account, SecurityNews news, Watcher to, string? target, string? by, CancellationToken ct) =>
        work.TellNowAsync(new Notice($"{Security}:{Guid.NewGuid():N}", Security, to.PersonId, $"account:{account}")
        {
            Model = new Dictionary<string, object?>
            {
                ["newsJa"] = RoleWords.Text($"News{news}", "ja"),
                ["newsEn"] = RoleWords.Text($"News{news}", "en"),
                ["targetName"] = target,
                ["byName"] = by,
                ["happenedAt"] = work.Now,
                ["link"] = target is null ? "/profile" : $"/accounts/{account}",
            },
        }, to.PersonId is null ? new Recipient(to.Name, to.SignIn, to.Language) : null, ct);

    private static string Subject(long link) => $"link:{link}";

    private static string CodeSubject(long code) => $"code:{code}";

    private static long IdOf(string subject) => long.Parse(subject[(subject.IndexOf(':', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);

    private static async Task<string> MintAsync(UnitOfWork work, string subject, CancellationToken ct)
    {
        var secret = Platform.Security.Secrets.New();
        await AccountStore.MintAsync(work, IdOf(subject), Platform.Security.Secrets.Hash(secret), ct);
        return $"{LinkPath}?token={secret}";
    }
}
