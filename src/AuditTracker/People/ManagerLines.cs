namespace AuditTracker.People;

/// <summary>Lines of management: who reports to whom.</summary>
public static class ManagerLines
{
    /// <summary>
    /// Every circle in which people manage each other, each once, beginning with its member that comes first in <paramref name="managerOf"/>
    /// and following the managers; somebody who manages themselves is a circle of one.
    /// </summary>
    /// <param name="managerOf">Person and manager; people without a manager may be absent. The first line of a person counts.</param>
    public static IReadOnlyList<IReadOnlyList<string>> Circles(IEnumerable<(string Person, string Manager)> managerOf)
    {
        var lines = managerOf.DistinctBy(line => line.Person, StringComparer.Ordinal).ToArray();
        var managers = lines.ToDictionary(line => line.Person, line => line.Manager, StringComparer.Ordinal);
        var seenFrom = new Dictionary<string, int>(StringComparer.Ordinal);
        List<IReadOnlyList<string>> circles = [];
        for (var start = 0; start < lines.Length; start++)
        {
            List<string> walk = [];
            var person = lines[start].Person;
            while (managers.TryGetValue(person, out var manager) && seenFrom.TryAdd(person, start))
            {
                walk.Add(person);
                person = manager;
            }

            // Met again on this same walk: what lies between is a circle. Met on an earlier walk: known already.
            if (walk.IndexOf(person) is var met and >= 0)
            {
                circles.Add(walk[met..]);
            }
        }

        var place = lines.Select((line, index) => (line.Person, index)).ToDictionary(pair => pair.Person, pair => pair.index, StringComparer.Ordinal);
        return [.. circles.Select(circle => FromFirst(circle, place))];
    }

    private static IReadOnlyList<string> FromFirst(IReadOnlyList<string> circle, Dictionary<string, int> place)
    {
        var first = circle.Select((person, index) => (index, place: place[person])).MinBy(pair => pair.place).index;
        return [.. circle.Skip(first), .. circle.Take(first)];
    }
}
