using System.Globalization;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.People;

/// <summary>Closes a department from a day on, after showing what that means. Its versions, posts and heads before that day stay. Compliance managers only.</summary>
public sealed class CloseDepartment(Db db)
{
    /// <summary>What closing it would mean, with the names of the people concerned.</summary>
    /// <exception cref="NotFound">There is no such department on the day, or the user is no compliance manager.</exception>
    public async Task<(DepartmentClosing Closing, StructureAsItIs Known)> PlanAsync(CurrentUser user, string code, DateOnly on, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        return await PlanAsync(work, user, code, on, ct);
    }

    /// <exception cref="NotFound">There is no such department on the day, or the user is no compliance manager.</exception>
    /// <exception cref="Refusal">Somebody or something stands in the way.</exception>
    public async Task RunAsync(CurrentUser user, string code, DateOnly on, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await PeopleStore.LockAsync(work, ct);
        var (closing, known) = await PlanAsync(work, user, code, on, ct);
        if (!closing.CanClose)
        {
            throw Refusal.Of<Words>("CloseBarred", closing.Name);
        }

        await StructureStore.CloseAsync(work, [closing], known, ct);
        await work.ActAsync("department.closed", $"department:{code}", new Dictionary<string, string?> { ["effectiveOn"] = on.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) }, ct: ct);
        await work.CommitAsync(ct);
    }

    private static async Task<(DepartmentClosing, StructureAsItIs)> PlanAsync(UnitOfWork work, CurrentUser user, string code, DateOnly on, CancellationToken ct)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }

        var known = await StructureStore.AsItIsAsync(work, ct);
        return DepartmentClosing.Of([code], known, on) is [var closing] ? (closing, known) : throw new NotFound();
    }
}
