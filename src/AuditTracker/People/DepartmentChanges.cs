namespace AuditTracker.People;

/// <summary>Which departments are new, renamed or get another head on the effective date.</summary>
internal static class DepartmentChanges
{
    /// <param name="after">Everybody by employee number, as they would be.</param>
    /// <param name="names">Department names by code: the file's, else the known ones.</param>
    public static IReadOnlyList<DepartmentDifference> Between(
        PeopleAsTheyAre known, IReadOnlyDictionary<string, KnownPerson> after, IReadOnlyDictionary<string, string> names, DateOnly effectiveOn)
    {
        var before = known.Departments.ToDictionary(department => department.Code, StringComparer.Ordinal);
        var was = known.People.ToDictionary(person => person.EmployeeNo, person => (person.DepartmentCode, person.Title), StringComparer.Ordinal);
        var wasIn = known.People.ToDictionary(person => person.EmployeeNo, person => person.DepartmentCode, StringComparer.Ordinal);
        var members = after.Values.Where(person => person.DepartmentCode is not null).ToLookup(person => person.DepartmentCode!, StringComparer.Ordinal);
        return
        [
            .. from code in names.Keys.Where(code => before.ContainsKey(code) || members.Contains(code)).Order(StringComparer.Ordinal)
               let old = before.GetValueOrDefault(code)
               let head = Head(code, old?.HeadNo)
               where old?.Name != names[code] || old.HeadNo != head
               select new DepartmentDifference(code, old?.Name, names[code], old?.HeadNo, head),
        ];

        // Whoever is head now, unless they left the company or moved out of the department; the only one here with a head's title takes their place,
        // and also the place of one who was named otherwise, but only on getting the title: a head named by hand stays.
        string? Head(string code, string? now)
        {
            var holders = members[code].Where(person => person.IsHereOn(effectiveOn) && known.HeadTitles.Contains(person.Title)).ToArray();
            var stays = now is not null && after.TryGetValue(now, out var person) && !person.HasLeftBy(effectiveOn) && (person.DepartmentCode == code || wasIn.GetValueOrDefault(now) != code);
            if (holders is [var holder] && ((now is not null && !stays) || !was.TryGetValue(holder.EmployeeNo, out var before) || before != (holder.DepartmentCode, holder.Title)))
            {
                return holder.EmployeeNo;
            }

            return stays ? now : null;
        }
    }
}
