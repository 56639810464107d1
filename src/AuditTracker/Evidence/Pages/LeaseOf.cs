namespace AuditTracker.Evidence.Pages;

/// <summary>Who has a review in hand, and where it is taken and laid down; null where that is not offered.</summary>
public sealed record LeaseOf(ReviewLease? Lease, string? Take, string? LayDown);
