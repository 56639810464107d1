namespace AuditTracker.Platform.Web;

/// <summary>Somebody a form offers; two of the same name are told apart by department and number.</summary>
/// <param name="LeftOn">The last day, if it is known.</param>
public sealed record PickablePerson(string EmployeeNo, string Name, string NameKana, string? Department, DateOnly? LeftOn, bool HasLeft, bool IsOnLeave);

/// <summary>What a search for one person offers.</summary>
/// <param name="People">The chosen one first, then what the search found.</param>
/// <param name="Matches">How many the search found; more than <see cref="Shown"/> means: narrow it.</param>
/// <param name="Chosen">The number of the chosen one; null while nobody is.</param>
public sealed record PeopleFound(IReadOnlyList<PickablePerson> People, int Matches, string? Chosen)
{
    /// <summary>How many are offered at once.</summary>
    public const int Shown = 20;

    public static PeopleFound Nobody { get; } = new([], 0, null);

    /// <summary>Whom a form means after 探す: the only one the search found, else who was chosen before.</summary>
    public string? Meant => Matches == 1 ? People[^1].EmployeeNo : Chosen;

    /// <summary>A search that fits one person has chosen them.</summary>
    public static PeopleFound Of(PickablePerson? chosen, IReadOnlyList<PickablePerson> found)
    {
        chosen ??= found.Count == 1 ? found[0] : null;
        PickablePerson[] first = chosen is null ? [] : [chosen];
        return new([.. first, .. found.Where(person => person.EmployeeNo != chosen?.EmployeeNo).Take(Shown)], found.Count, chosen?.EmployeeNo);
    }
}

/// <summary>
/// The person picker, <c>Pages/_PersonPicker.cshtml</c>: choices, a field to search by and 探す, which sends the form with <c>do=find</c>. Without script.
/// </summary>
/// <param name="Field">Name of the field in the form, <c>Input.Owner</c>; the search's is <c>Input.OwnerSearch</c>.</param>
/// <param name="Label">The word of the field.</param>
/// <param name="Section">The part of the page to come back to; null: its top.</param>
public sealed record PersonPicker(string Field, string Label, PeopleFound Found, string? Chosen, string? Typed, string? Section = null)
{
    /// <summary>Nobody may be chosen as well.</summary>
    public bool MayBeNobody { get; init; }

    /// <summary>Where its form is sent, when that is not the page's own address; needed with a section only.</summary>
    public string? Action { get; init; }
}

/// <summary>One choice of a picker, <c>Pages/_PersonOption.cshtml</c>.</summary>
public sealed record PersonOption(string Field, string? Id, PickablePerson Person, bool IsChosen);
