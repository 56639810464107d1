namespace AuditTracker.Training;

/// <summary>How many of a department and employment type stand alike.</summary>
/// <param name="Reason">Of the exempt: leave, left, leaving, away, other.</param>
public sealed record ProgressGroup(string Code, string Name, string Type, string Standing, string? Reason, int People);

/// <summary>A department's or an employment type's part.</summary>
public sealed record PartNumbers(string Code, string Name, int Completed, int Unexplained, int Exempt)
{
    public int Total => Completed + Unexplained + Exempt;
    public int Percent => Completed + Unexplained == 0 ? 100 : Completed * 100 / (Completed + Unexplained);
}

/// <summary>How many had completed by the end of a day.</summary>
public sealed record DayDone(DateOnly On, int Done);

/// <summary>The numbers of a campaign, of its departments and of its employment types, from one reading of the roster: they add up because they are the same rows. Pure.</summary>
public sealed class Progress(IReadOnlyList<ProgressGroup> groups)
{
    /// <summary>Departments a page shows.</summary>
    private const int Most = 500;

    public Numbers Numbers { get; } = new(Of(groups, "completed"), Of(groups, "retake"), Of(groups, "inProgress"), Of(groups, "notStarted"),
        Exempt(groups, "leave"), Exempt(groups, "left"), Exempt(groups, "leaving"), Exempt(groups, "away"), Exempt(groups, "other"));

    /// <summary>The least done first.</summary>
    public IReadOnlyList<PartNumbers> Departments { get; } = Parts(groups.GroupBy(group => group.Code), of => of.Max(group => group.Name)!);

    /// <summary>The least done first.</summary>
    public IReadOnlyList<PartNumbers> Types { get; } = Parts(groups.GroupBy(group => group.Type), of => of.First().Type);

    private static IReadOnlyList<PartNumbers> Parts(IEnumerable<IGrouping<string, ProgressGroup>> parts, Func<IEnumerable<ProgressGroup>, string> name) =>
        [.. parts.Select(part => new PartNumbers(part.Key, name(part), Of(part, "completed"), part.Where(group => group.Standing is not ("completed" or "exempt")).Sum(group => group.People), Of(part, "exempt")))
            .OrderBy(part => part.Completed + part.Unexplained == 0 ? 1m : (decimal)part.Completed / (part.Completed + part.Unexplained)).ThenByDescending(part => part.Unexplained).ThenBy(part => part.Code, StringComparer.Ordinal).Take(Most)];

    private static int Of(IEnumerable<ProgressGroup> groups, string standing) => groups.Where(group => group.Standing == standing).Sum(group => group.People);

    private static int Exempt(IEnumerable<ProgressGroup> groups, string reason) => groups.Where(group => group.Standing == "exempt" && group.Reason == reason).Sum(group => group.People);
}
