namespace AuditTracker.Calendar;

/// <summary>
/// Something that has a deadline (the final report of a leak, the renewal window), with every dated version of its rule and of the variants that
/// facts of the case choose.
/// </summary>
/// <param name="Key">How rooms name it: <c>appi-final-report</c>.</param>
/// <param name="BasisJa">What the counting starts from, in words.</param>
public sealed record DeadlineDuty(string Key, string TitleJa, string TitleEn, string BasisJa, string BasisEn, IReadOnlyList<DeadlineVariant> Variants)
{
    /// <summary>
    /// The rule for a basis: of the variants whose fact is among <paramref name="facts"/>, the first one written; the plain one when none is. Of its versions
    /// the newest that was valid on the basis.
    /// </summary>
    /// <returns>Null when no version was valid yet: the product never guesses a date.</returns>
    public DeadlineRule? RuleFor(DateOnly basis, params string[] facts)
    {
        var variant = Variants.FirstOrDefault(variant => variant.When is { } fact && facts.Contains(fact)) ?? Variants.FirstOrDefault(variant => variant.When is null);
        return variant?.InForce(basis);
    }
}

/// <summary>The versions of one rule.</summary>
/// <param name="When">The fact of the case that chooses it; null for the plain rule.</param>
/// <param name="WhenJa">The same for people; empty for the plain rule.</param>
public sealed record DeadlineVariant(string? When, IReadOnlyList<DeadlineRule> Versions, string WhenJa = "", string WhenEn = "")
{
    /// <summary>The newest version that was valid on a basis; null when none was yet.</summary>
    public DeadlineRule? InForce(DateOnly basis) => Versions.Where(rule => rule.ValidFrom <= basis).MaxBy(rule => rule.ValidFrom);
}
