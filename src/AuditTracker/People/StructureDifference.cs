using AuditTracker.Calendar;

namespace AuditTracker.People;

/// <summary>A version of a department: what it was called, what stood above it and who headed it, from a day to a day.</summary>
public sealed record DepartmentTerms(string Name, string? Parent, string? Head);

/// <summary>A department by date.</summary>
public sealed record DepartmentHistory(string Code, IReadOnlyList<Held<DepartmentTerms>> Versions);

/// <summary>When somebody works here; for checking heads and posts.</summary>
public sealed record Employment(string EmployeeNo, string Name, DateOnly HiredOn, DateOnly? LeftOn)
{
    public bool Covers(DateOnly day) => HiredOn <= day && (LeftOn is null || day <= LeftOn);
}

/// <summary>The departments, people and posts before a change of structure.</summary>
public sealed record StructureAsItIs(IReadOnlyList<DepartmentHistory> Departments, IReadOnlyDictionary<string, Employment> People, IReadOnlyList<PostRow> Posts);

/// <summary>One line of what would change.</summary>
/// <param name="What">The department, or person and department.</param>
/// <param name="Details">Word key of the field, old and new value.</param>
public sealed record StructureChange(int Line, bool IsNew, string What, DateOnly From, IReadOnlyList<(string LabelKey, string Old, string New)> Details);

/// <summary>What departments or concurrent posts would be after a file or a form.</summary>
/// <param name="Departments">Whole histories of those that change.</param>
public sealed record StructureDifference(
    IReadOnlyList<StructureChange> Changes, int Unchanged, IReadOnlyList<PeopleFileError> Errors, IReadOnlyList<DepartmentHistory> Departments, Rewrite<PostRow> Posts)
{
    private static readonly Rewrite<PostRow> NoPosts = new([], [], []);

    /// <summary>Departments that there are on the effective date and that a file of departments does not name; closed only when that is asked for.</summary>
    public IReadOnlyList<DepartmentClosing> Missing { get; init; } = [];

    /// <summary>Looks for departments that the file does not name, as they would be after it.</summary>
    public StructureDifference WithMissing(IReadOnlyList<DepartmentLine> lines, StructureAsItIs known, DateOnly on)
    {
        var after = After(known);
        var named = lines.Select(line => line.Code).ToHashSet(StringComparer.Ordinal);
        return this with { Missing = DepartmentClosing.Of(after.Departments.Select(department => department.Code).Where(code => !named.Contains(code)), after, on) };
    }

    /// <summary>The departments as this leaves them, before any is closed.</summary>
    internal StructureAsItIs After(StructureAsItIs known)
    {
        var changed = Departments.Select(department => department.Code).ToHashSet(StringComparer.Ordinal);
        return known with { Departments = [.. known.Departments.Where(department => !changed.Contains(department.Code)), .. Departments] };
    }

    /// <summary>Each line holds from its day on until the next change that is already known.</summary>
    public static StructureDifference OfDepartments(IReadOnlyList<DepartmentLine> lines, StructureAsItIs known, DateOnly effectiveOn)
    {
        var after = known.Departments.ToDictionary(department => department.Code, department => department.Versions, StringComparer.Ordinal);
        var codes = after.Keys.Union(lines.Select(line => line.Code)).ToHashSet(StringComparer.Ordinal);
        List<PeopleFileError> errors = [];
        List<StructureChange> changes = [];
        HashSet<string> touched = [];
        foreach (var line in lines.OrderBy(line => line.From ?? effectiveOn))
        {
            var from = line.From ?? effectiveOn;
            var versions = after.GetValueOrDefault(line.Code) ?? [];
            var before = versions.On(from);
            var terms = new DepartmentTerms(
                line.Name ?? before?.Name ?? (versions is [.., var newest] ? newest.Value.Name : null) ?? "", line.Parent is null ? before?.Parent : Or(line.Parent), line.Head is null ? before?.Head : Or(line.Head));
            if (Wrong(line, terms, from) is { } error)
            {
                errors.Add(error);
                continue;
            }

            if (Equals(before, terms))
            {
                continue;
            }

            touched.Add(line.Code);
            after[line.Code] = versions.With(from, terms);
            changes.Add(new(line.Line, versions.Count == 0, $"{line.Code} {terms.Name}", from, [.. Details(before, terms)]));
        }

        var parents = after.Where(pair => pair.Value.Count > 0 && pair.Value[^1].Value.Parent is not null).Select(pair => (pair.Key, pair.Value[^1].Value.Parent!));
        errors.AddRange(ManagerLines.Circles(parents).Select(circle => new PeopleFileError(
            lines.FirstOrDefault(line => circle.Contains(line.Code))?.Line ?? 1, null, "StructureCircle", string.Join(" → ", circle.Append(circle[0])))));
        return new(changes, lines.Count - changes.Count - errors.Count, errors, [.. touched.Select(code => new DepartmentHistory(code, after[code]))], NoPosts);

        PeopleFileError? Wrong(DepartmentLine line, DepartmentTerms terms, DateOnly from) =>
            terms.Name.Length == 0 ? new(line.Line, null, "StructureNoName", line.Code)
            : terms.Parent is not null && !codes.Contains(terms.Parent) ? new(line.Line, null, "StructureNoDepartment", terms.Parent)
            : terms.Head is not null && known.People.GetValueOrDefault(terms.Head)?.Covers(from) != true ? new(line.Line, null, "StructureNoHead", terms.Head, from)
            : null;

        IEnumerable<(string, string, string)> Details(DepartmentTerms? before, DepartmentTerms terms)
        {
            if (before?.Name != terms.Name)
            {
                yield return ("ColumnDepartmentName", before?.Name ?? "", terms.Name);
            }

            if (before?.Parent != terms.Parent)
            {
                yield return ("ParentDepartment", before?.Parent ?? "", terms.Parent ?? "");
            }

            if (before?.Head != terms.Head)
            {
                yield return ("Head", Named(before?.Head), Named(terms.Head));
            }
        }

        string Named(string? number) => number is null ? "" : $"{number} {known.People.GetValueOrDefault(number)?.Name}".TrimEnd();
    }

    /// <summary>Each line is one concurrent post; posts that are not named stay. The primary post is the import's of people.</summary>
    public static StructureDifference OfPosts(IReadOnlyList<PostLine> lines, StructureAsItIs known)
    {
        var names = known.Departments.ToDictionary(department => department.Code, department => department.Versions, StringComparer.Ordinal);
        var after = known.Posts.ToList();
        List<PeopleFileError> errors = [];
        List<StructureChange> changes = [];
        foreach (var line in lines)
        {
            if (!known.People.TryGetValue(line.EmployeeNo, out var person))
            {
                errors.Add(new(line.Line, null, "StructureNoPerson", line.EmployeeNo));
                continue;
            }

            // Nobody has a post after their last day.
            var to = person.LeftOn is { } left && (line.To is null || line.To > left) ? left : line.To;
            var index = after.FindIndex(post => !post.IsPrimary && post.EmployeeNo == line.EmployeeNo && post.Code == line.Code && post.FromOn == line.From);
            var old = index < 0 ? null : after[index];
            var meets = after.FirstOrDefault(post => post != old && post.EmployeeNo == line.EmployeeNo && post.Code == line.Code && (post.ToOn is null || line.From <= post.ToOn) && (to is null || post.FromOn <= to));
            PeopleFileError? wrong = !names.ContainsKey(line.Code) ? new(line.Line, null, "StructureNoDepartment", line.Code)
                : line.To < line.From ? new(line.Line, null, "StructureEndsBeforeItBegins", line.To.Value, line.From)
                : !person.Covers(line.From) ? new(line.Line, null, "StructureNotEmployed", line.EmployeeNo, line.From)
                : meets is not null ? new(line.Line, null, "StructurePostMeets", line.EmployeeNo, line.Code, meets.FromOn)
                : null;
            if (wrong is not null)
            {
                errors.Add(wrong);
                continue;
            }

            var now = new PostRow(old?.Id ?? 0, line.EmployeeNo, line.Code, line.Title, false, line.From, to);
            if (old == now)
            {
                continue;
            }

            if (old is null)
            {
                after.Add(now);
            }
            else
            {
                after[index] = now;
            }

            var name = names[line.Code].On(line.From)?.Name ?? (names[line.Code] is [.., var newest] ? newest.Value.Name : null);
            changes.Add(new(line.Line, old is null, $"{line.EmployeeNo} {person.Name} / {line.Code} {name}", line.From,
                [.. new[] { ("ColumnTitle", old?.Title ?? "", line.Title), ("To", Text(old?.ToOn), Text(to)) }.Where(detail => detail.Item2 != detail.Item3)]));
        }

        var before = known.Posts.ToDictionary(post => post.Id);
        return new(changes, lines.Count - changes.Count - errors.Count, errors, [], new([], [.. after.Where(post => post.Id != 0 && post != before[post.Id])], [.. after.Where(post => post.Id == 0)]));
    }

    private static string Text(DateOnly? day) => day is { } on ? DateText.Plain(on) : "";

    private static string? Or(string text) => text.Length == 0 ? null : text;
}
