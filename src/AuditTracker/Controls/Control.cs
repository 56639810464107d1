using AuditTracker.Platform;

namespace AuditTracker.Controls;

/// <summary>An item as this company treats it: whether it applies and why, who owns it, how it is met.</summary>
/// <param name="Version">Counts changes from 1; a change names the version it was made on.</param>
public sealed record Control(string Framework, string Ref, bool Applicable, string Reason, long? OwnerId, string Implementation, int Version)
{
    /// <summary>Longest reason and description taken, in characters.</summary>
    public const int MaxReason = 1000, MaxImplementation = 10_000;

    /// <summary>The rule of every change to a control (design §6, "excludable").</summary>
    /// <param name="change">What is asked for; what it leaves out stays.</param>
    /// <param name="owner">The person behind <see cref="ControlChange.Owner"/>; null when that names nobody.</param>
    /// <param name="framework">The framework the item belongs to.</param>
    /// <param name="excludable"><c>yes</c>, <c>na</c> or <c>no</c>, from the catalogue.</param>
    /// <returns>The control with the next version; this very record when nothing differs.</returns>
    /// <exception cref="Refusal">409: the framework cannot be treated, somebody else was faster, or the item cannot be left out.</exception>
    /// <exception cref="InvalidInput">400: a reason is missing, a text too long, the owner nobody who works here.</exception>
    public Control Change(ControlChange change, Owner? owner, Framework framework, string excludable)
    {
        if (!framework.IsCounted)
        {
            throw Refusal.Of<Words>(framework.Archived ? "ArchivedIsNotChanged" : "ReferenceIsNotChanged");
        }
        if (change.Version != Version)
        {
            throw Refusal.Of<Words>("ChangedMeanwhile", Version);
        }
        var applicable = change.Applicable ?? Applicable;
        if (!applicable && excludable == "no")
        {
            throw Refusal.Of<Words>("CannotBeExcluded");
        }
        // A reason speaks for one answer only: it does not outlive the switch to the other.
        var reason = Text(change.Reason ?? (applicable == Applicable ? Reason : ""), MaxReason, "reason");
        if (!applicable && reason.Length == 0)
        {
            throw InvalidInput.At<Words>("reason", "ReasonMissing");
        }
        var changed = this with
        {
            Applicable = applicable,
            Reason = reason,
            OwnerId = change.SetsOwner ? OwnerOf(change, owner) : OwnerId,
            Implementation = Text(change.Implementation ?? Implementation, MaxImplementation, "implementation"),
        };
        return changed == this ? this : changed with { Version = Version + 1 };
    }

    private long? OwnerOf(ControlChange change, Owner? owner)
    {
        if (string.IsNullOrWhiteSpace(change.Owner))
        {
            return null;
        }
        if (owner is null)
        {
            throw InvalidInput.At<Words>("owner", "OwnerUnknown", change.Owner);
        }
        // An owner who left stays named until somebody takes over; only becoming one needs employment.
        return owner.IsEmployed || owner.Id == OwnerId ? owner.Id : throw InvalidInput.At<Words>("owner", "OwnerNotEmployed", change.Owner);
    }

    private static string Text(string value, int most, string field)
    {
        var text = value.Trim();
        return text.Length > most || text.Contains('\0') ? throw InvalidInput.At<Words>(field, "TextTooLong", most) : text;
    }
}

/// <summary>What a person wants changed; null leaves a value as it is.</summary>
/// <param name="Version">The version the person saw.</param>
/// <param name="SetsOwner">Whether <paramref name="Owner"/> is meant at all.</param>
/// <param name="Owner">Employee number; null or empty = nobody.</param>
public sealed record ControlChange(int Version, bool? Applicable = null, string? Reason = null, string? Implementation = null, bool SetsOwner = false, string? Owner = null);

/// <summary>A person who may become an owner.</summary>
/// <param name="IsEmployed">On the business date.</param>
public sealed record Owner(long Id, bool IsEmployed);
