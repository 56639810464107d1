using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Npgsql;

namespace AuditTracker.Accounts;

/// <summary>Grants a role from–to. The administrator's alone, never to oneself; every grant is mailed to all who could misuse or must notice it.</summary>
public sealed class GrantRole(Db db, AccountStore accounts, ReviewScopes scopes)
{
    /// <param name="framework">For a reviewer, and only there.</param>
    /// <param name="fromOn">Not before today: the past of a role is not rewritten.</param>
    /// <exception cref="NotFound">No such account, or the caller is no administrator.</exception>
    /// <exception cref="InvalidInput">At <c>role</c>, <c>framework</c>, <c>fromOn</c> or <c>toOn</c>.</exception>
    /// <exception cref="Refusal">Own account, account without access, or granted already for one of these days.</exception>
    public async Task RunAsync(CurrentUser user, long account, Role role, string? framework, DateOnly fromOn, DateOnly? toOn, CancellationToken ct)
    {
        if (!user.Is(Role.Administrator))
        {
            throw new NotFound();
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var target = await AccountStore.TargetAsync(work, account, ct) ?? throw new NotFound();
        target.RefuseOwn(user);
        if (!target.Active)
        {
            throw Refusal.Of<Words>("NoAccess", target.Name);
        }
        if (fromOn < work.Today)
        {
            throw InvalidInput.At<Words>("fromOn", "FromInThePast");
        }
        await InAsync(work, target, role, framework, fromOn, toOn, user.AccountId, user.Name, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>The same in an operation of the command line, which stands above the roles.</summary>
    /// <param name="by">Account that grants; null from the command line.</param>
    internal async Task InAsync(UnitOfWork work, TargetAccount target, Role role, string? framework, DateOnly fromOn, DateOnly? toOn, long? by, string? byName, CancellationToken ct)
    {
        if (!GrantedRoles.All.Contains(role))
        {
            throw InvalidInput.At<Words>("role", "RoleNotGranted", RoleWords.Of(role));
        }
        var scope = role == Role.Reviewer ? (await scopes.ListAsync(ct)).FirstOrDefault(known => known.Key == framework) : null;
        if (role == Role.Reviewer ? scope is null : !string.IsNullOrEmpty(framework))
        {
            throw InvalidInput.At<Words>("framework", role == Role.Reviewer ? "FrameworkNeeded" : "FrameworkOnlyForReviewers");
        }
        if (toOn < fromOn)
        {
            throw InvalidInput.At<Words>("toOn", "EndsBeforeItBegins");
        }
        long id;
        try
        {
            id = await accounts.GrantAsync(work, target.Id, role, scope?.Key, fromOn, toOn, by, ct);
        }
        catch (PostgresException e) when (e.ConstraintName == "role_grants_once")
        {
            throw Refusal.Of<Words>("AlreadyGranted", target.Name, RoleWords.Of(role));
        }
        var grant = new GrantRow(id, target.Id, role.Wire(), scope?.Key, fromOn, toOn);
        await work.ActAsync("role.granted", $"account:{target.Id}", Facts(grant), ct: ct);
        await AccountMails.TellRoleGrantedAsync(work, grant, target.Name, scope, byName, ct);
    }

    internal static Dictionary<string, string?> Facts(GrantRow grant) =>
        new() { ["role"] = grant.Role, ["framework"] = grant.Framework, ["from"] = DateText.Iso(grant.FromOn), ["to"] = grant.ToOn is { } to ? DateText.Iso(to) : null };
}

/// <summary>Ends a granted role at once.</summary>
public sealed class EndRole(Db db, AccountStore accounts)
{
    /// <exception cref="NotFound">No such grant of this account that could still end, or the caller is no administrator.</exception>
    /// <exception cref="Refusal">Own account.</exception>
    public async Task RunAsync(CurrentUser user, long account, long grant, CancellationToken ct)
    {
        if (!user.Is(Role.Administrator))
        {
            throw new NotFound();
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var target = await AccountStore.TargetAsync(work, account, ct) ?? throw new NotFound();
        target.RefuseOwn(user);
        var ended = await accounts.EndGrantAsync(work, account, grant, ct) ?? throw new NotFound();
        await work.ActAsync("role.ended", $"account:{account}", GrantRole.Facts(ended), ct: ct);
        await work.CommitAsync(ct);
    }
}
