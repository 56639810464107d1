using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence.Pages;

/// <summary>A search for one person and what it found.</summary>
/// <param name="Name">The field: Owner or Reviewer.</param>
public sealed record PersonPicker(RequestFormPage.Picked Found, string Name, string? Chosen, string? Typed)
{
    /// <summary>The chosen person first, then what the search found; a search that fits one person has chosen them.</summary>
    public static async Task<(RequestFormPage.Picked Found, string? Chosen)> FindAsync(Choices choices, CurrentUser user, string? number, string? typed, CancellationToken ct)
    {
        var chosen = await choices.PersonAsync(user, number, ct);
        var found = await choices.PeopleAsync(user, typed ?? "", RequestFormPage.PeopleShown + 1, ct);
        chosen ??= found.Count == 1 ? found[0] : null;
        PersonChoice[] first = chosen is null ? [] : [chosen];
        return (new([.. first, .. found.Where(person => person.EmployeeNo != chosen?.EmployeeNo).Take(RequestFormPage.PeopleShown)], found.Count), chosen?.EmployeeNo);
    }
}
