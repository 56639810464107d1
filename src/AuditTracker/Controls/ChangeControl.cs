using System.Globalization;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Controls;

/// <summary>A compliance manager treats an item: applies or not, why, whose it is, how it is met.</summary>
public sealed class ChangeControl(Db db)
{
    /// <summary>Makes the change, keeps the old version, and says so in the trail.</summary>
    /// <returns>The control as it stands now.</returns>
    /// <exception cref="NotFound">There is no such item, or the caller is no compliance manager.</exception>
    /// <exception cref="Refusal">See <see cref="Control.Change"/>.</exception>
    public async Task<Control> RunAsync(CurrentUser user, string framework, string itemRef, ControlChange change, CancellationToken ct = default)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var (control, owning, excludable) = await ControlStore.LockAsync(work, framework, itemRef, ct) ?? throw new NotFound();
        var owner = change.SetsOwner ? await ControlStore.OwnerAsync(work, change.Owner?.Trim(), ct) : null;
        var changed = control.Change(change, owner, owning, excludable);
        if (ReferenceEquals(changed, control))
        {
            return control;
        }
        await ControlStore.SaveAsync(work, changed, user.AccountId, ct);
        await work.ActAsync("control.changed", $"control:{framework}/{itemRef}", new Dictionary<string, string?>
        {
            ["version"] = changed.Version.ToString(CultureInfo.InvariantCulture),
            ["applicable"] = changed.Applicable ? "true" : "false",
            ["owner"] = changed.OwnerId?.ToString(CultureInfo.InvariantCulture),
        }, changed.Reason.Length == 0 ? null : changed.Reason, ct);
        await work.CommitAsync(ct);
        return changed;
    }
}
