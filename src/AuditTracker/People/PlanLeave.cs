namespace AuditTracker.People;

/// <summary>What a file or a form makes of somebody's leave, and what must be told about it.</summary>
internal static class PlanLeave
{
    private const string Other = "other";

    /// <summary>The person with the leave of the row. An empty start ends the leave the day before the effective date; one that had not begun is withdrawn.</summary>
    public static KnownPerson After(PeopleFile file, PeopleFileRow row, KnownPerson? before, KnownPerson after, DateOnly effectiveOn, IReadOnlyDictionary<string, string> kinds)
    {
        after = after with { LeaveId = before?.LeaveId, LeaveKind = before?.LeaveKind, LeaveFrom = before?.LeaveFrom, LeaveTo = before?.LeaveTo };
        if (!file.Columns.Contains(PeopleField.LeaveFrom))
        {
            return EndedBy(after);
        }

        if (row.LeaveFrom is { } from)
        {
            var kind = kinds.GetValueOrDefault(row.LeaveKind.Trim()) ?? (row.LeaveKind.Length > 0 ? null : before?.LeaveKind) ?? Other;
            return EndedBy(after with { LeaveId = before?.LeaveId ?? 0, LeaveKind = kind, LeaveFrom = from, LeaveTo = row.LeaveTo });
        }

        return before?.LeaveFrom is not { } began ? after
            : began >= effectiveOn ? after with { LeaveId = null, LeaveKind = null, LeaveFrom = null, LeaveTo = null }
            : before.LeaveTo < effectiveOn ? after
            : EndedBy(after with { LeaveTo = effectiveOn.AddDays(-1) });
    }

    /// <summary>Nobody is on leave after their last day.</summary>
    public static KnownPerson EndedBy(KnownPerson person) => person.LeftOn is not { } left || person.LeaveFrom is not { } from ? person
        : from > left ? person with { LeaveId = null, LeaveKind = null, LeaveFrom = null, LeaveTo = null }
        : person.LeaveTo is null || person.LeaveTo > left ? person with { LeaveTo = left } : person;

    public static IEnumerable<PeopleFileError> Errors(PeopleFile file, IReadOnlyList<PersonDifference> people, PeopleAsTheyAre known)
    {
        if (!file.Columns.Contains(PeopleField.LeaveFrom))
        {
            yield break;
        }

        var others = known.Leaves.ToLookup(leave => leave.EmployeeNo, StringComparer.Ordinal);
        var rows = file.Rows.ToDictionary(row => row.Line);
        foreach (var person in people.Where(person => person.Line is not null))
        {
            var (row, after) = (rows[person.Line!.Value], person.After);
            if (row.LeaveKind.Length > 0 && !known.LeaveKinds.ContainsKey(row.LeaveKind.Trim()))
            {
                yield return new(row.Line, PeopleField.LeaveKind, "ImportLeaveKind", row.LeaveKind);
            }

            if (after.LeaveFrom < after.HiredOn)
            {
                yield return new(row.Line, PeopleField.LeaveFrom, "ImportLeaveBeforeHired", after.LeaveFrom.Value, after.HiredOn);
            }

            if (after.LeaveFrom is { } from && others[after.EmployeeNo].FirstOrDefault(leave => leave.Id != after.LeaveId && (leave.ToOn is null || from <= leave.ToOn) && (after.LeaveTo is null || leave.FromOn <= after.LeaveTo)) is { } meets)
            {
                yield return new(row.Line, PeopleField.LeaveFrom, "ImportLeaveMeets", meets.FromOn);
            }
        }
    }

    /// <summary>Leave that begins and ends. A date that was told otherwise before is corrected, never rewritten.</summary>
    public static IEnumerable<PersonEvent> Events(KnownPerson? before, KnownPerson after)
    {
        if (Equals(before?.Leave ?? default, after.Leave))
        {
            yield break;
        }

        var number = after.EmployeeNo;
        if (after.LeaveFrom is not { } from)
        {
            // Withdrawn before it began, or registered by mistake.
            yield return new(number, "back", before!.LeaveFrom!.Value, "on_leave", before.LeaveId);
            yield break;
        }

        if (before?.LeaveFrom != from)
        {
            yield return new(number, "on_leave", from, before?.LeaveFrom is null ? null : "on_leave", before?.LeaveId, from);
        }

        // Who leaves does not come back.
        var (was, now) = (BackOn(before), BackOn(after));
        if (now is not null && now != was)
        {
            yield return new(number, "back", now.Value, was is null ? null : "back", before?.LeaveId, from);
        }
        else if (now is null && was is not null)
        {
            yield return new(number, "on_leave", from, "back", before!.LeaveId, from);
        }
    }

    private static DateOnly? BackOn(KnownPerson? person) => person?.LeaveFrom is not null && person.LeaveTo is { } last && person.LeftOn != last ? last.AddDays(1) : null;
}
