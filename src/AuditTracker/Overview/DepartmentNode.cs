using AuditTracker.People;

namespace AuditTracker.Overview;

/// <summary>A department in the tree, below its parent.</summary>
/// <param name="Depth">0 = at the top.</param>
/// <param name="Total">Its people and those of the departments below.</param>
public sealed record DepartmentNode(DepartmentEntry Department, int Depth, long Total)
{
    /// <summary>The departments, each followed by those below it, by code. One whose parent is not among them stands at the top; so does each of a circle.</summary>
    public static IReadOnlyList<DepartmentNode> Tree(IReadOnlyList<DepartmentEntry> departments)
    {
        // A department that has no name on the day and nobody in it is not there then.
        var there = departments.Where(department => department.Name is not null || department.People > 0).ToArray();
        var codes = there.Select(department => department.Code).ToHashSet(StringComparer.Ordinal);
        var below = there.Where(department => department.Parent is not null && codes.Contains(department.Parent)).ToLookup(department => department.Parent!, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        List<DepartmentNode> nodes = [];
        foreach (var top in there.Where(department => department.Parent is null || !codes.Contains(department.Parent)).Concat(there))
        {
            Add(top, 0);
        }

        return nodes;

        long Add(DepartmentEntry department, int depth)
        {
            if (!seen.Add(department.Code))
            {
                return 0;
            }

            var place = nodes.Count;
            nodes.Add(null!);
            var total = department.People + below[department.Code].Sum(child => Add(child, depth + 1));
            nodes[place] = new(department, depth, total);
            return total;
        }
    }
}
