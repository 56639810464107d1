namespace AuditTracker.Trail;

/// <summary>Compares the entries of one sealed range, in order, with the leaves that were sealed, and names what differs.</summary>
internal static class LeafOrder
{
    /// <param name="leaves">The hashes that the seal's root covers.</param>
    /// <param name="entries">What stands in the range today, ascending.</param>
    public static IEnumerable<Finding> Compare(Seal seal, IReadOnlyList<byte[]> leaves, IReadOnlyList<(long Id, byte[] Leaf)> entries)
    {
        if (leaves.Count == entries.Count && leaves.Zip(entries).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second.Leaf)))
        {
            yield break;
        }
        var places = new Dictionary<string, int>(leaves.Count);
        for (var i = 0; i < leaves.Count; i++)
        {
            places[Convert.ToHexStringLower(leaves[i])] = i;
        }
        var present = entries.Select(entry => Convert.ToHexStringLower(entry.Leaf)).Where(places.ContainsKey).ToHashSet();
        var next = 0;
        var before = seal.FromId - 1;
        foreach (var (id, leaf) in entries)
        {
            if (!places.TryGetValue(Convert.ToHexStringLower(leaf), out var place))
            {
                // The next sealed leaf is nowhere: this entry stands in its place. Otherwise it was put between.
                var replaced = next < leaves.Count && !present.Contains(Convert.ToHexStringLower(leaves[next]));
                yield return Of(replaced ? FindingKind.EntryChanged : FindingKind.EntryAdded, id);
                next += replaced ? 1 : 0;
            }
            else if (place < next)
            {
                // Sealed, but earlier: two have changed places, or one stands twice.
                yield return Of(FindingKind.EntryChanged, id);
            }
            else
            {
                if (place > next)
                {
                    yield return Missing(before, id, place - next);
                }
                next = place + 1;
            }
            before = id;
        }
        if (next < leaves.Count)
        {
            yield return Missing(before, seal.ThroughId + 1, leaves.Count - next);
        }
    }

    private static Finding Of(FindingKind kind, long id) => new(kind, FormattableString.Invariant($"{id}"));

    /// <summary>Sealed entries between two numbers that are gone (or stand elsewhere), and how many.</summary>
    private static Finding Missing(long after, long before, int count) =>
        new(FindingKind.EntryMissing, after + 2 == before ? FormattableString.Invariant($"{after + 1}") : FormattableString.Invariant($"{after + 1}-{before - 1}"), FormattableString.Invariant($"{count}"));
}
