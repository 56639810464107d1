namespace AuditTracker.Evidence.Pages;

/// <summary>A list narrowed to one person (by employee number) or department (by code).</summary>
/// <param name="Name">The key in the address.</param>
/// <param name="Nobody">What stands for those who have left, offered first; beside the number, where people are too many to choose from.</param>
public sealed record PersonFilter(string Label, string Name, string? Chosen, IReadOnlyList<OwnerChoice> People, string Typed, OwnerChoice? Nobody = null)
{
    /// <summary>More than these are no list to choose from: the filter takes the number or code, which <c>Typed</c> names.</summary>
    public const int Most = 100;
}
