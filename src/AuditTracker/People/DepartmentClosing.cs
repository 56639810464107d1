namespace AuditTracker.People;

/// <summary>A department that is to be closed from a day on: what stands in the way, and what ends with it. What was before that day stays as it was.</summary>
/// <param name="On">The first day on which it is no more.</param>
/// <param name="Members">Posts that go on: primary ones, and concurrent ones that begin on that day or later. They are moved first.</param>
/// <param name="Below">Codes of the departments below it on that day or later.</param>
/// <param name="Planned">The first day of a version that begins on that day or later: a change that is already known.</param>
/// <param name="Ending">Concurrent posts that end on the day before.</param>
/// <param name="Head">Who heads it until the day before.</param>
public sealed record DepartmentClosing(
    string Code, string Name, DateOnly On, IReadOnlyList<PostRow> Members, IReadOnlyList<string> Below, DateOnly? Planned, IReadOnlyList<PostRow> Ending, string? Head)
{
    public bool CanClose => Members.Count == 0 && Below.Count == 0 && Planned is null;

    /// <summary>What closing these together would mean. One that cannot be closed bars the one above it.</summary>
    /// <param name="codes">Departments that there are on the day; others are left out.</param>
    public static IReadOnlyList<DepartmentClosing> Of(IEnumerable<string> codes, StructureAsItIs known, DateOnly on)
    {
        var histories = known.Departments.ToDictionary(department => department.Code, department => department.Versions, StringComparer.Ordinal);
        var posts = known.Posts.Where(post => (post.ToOn is null || post.ToOn >= on) && known.People.GetValueOrDefault(post.EmployeeNo) is { } person && (person.LeftOn is null || person.LeftOn >= on)).ToLookup(post => post.Code, StringComparer.Ordinal);
        var below = known.Departments.SelectMany(department => department.Versions.Where(version => version.Value.Parent is not null && (version.To is null || version.To >= on))
            .Select(version => (Parent: version.Value.Parent!, department.Code))).Distinct().ToLookup(pair => pair.Parent, pair => pair.Code, StringComparer.Ordinal);
        var asked = codes.Where(code => histories.GetValueOrDefault(code)?.On(on) is not null).Distinct().Order(StringComparer.Ordinal).ToList();
        var together = asked.ToHashSet(StringComparer.Ordinal);
        List<DepartmentClosing> found;
        do
        {
            found = [.. asked.Select(Closing)];
        }
        while (together.RemoveWhere(code => !found.First(closing => closing.Code == code).CanClose) > 0);
        return found;

        DepartmentClosing Closing(string code)
        {
            var terms = histories[code].On(on)!;
            return new(code, terms.Name, on, [.. posts[code].Where(post => post.IsPrimary || post.FromOn >= on)], [.. below[code].Where(child => !together.Contains(child)).Order(StringComparer.Ordinal)],
                histories[code].Where(version => version.From >= on).Min(version => (DateOnly?)version.From), [.. posts[code].Where(post => !post.IsPrimary && post.FromOn < on)], terms.Head);
        }
    }
}
