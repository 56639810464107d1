namespace AuditTracker.Evidence.Pages;

/// <summary>A search for one person and what it found.</summary>
/// <param name="Name">The field: Owner or Reviewer.</param>
public sealed record PersonPicker(RequestFormPage.Picked Found, string Name, string? Chosen, string? Typed);
