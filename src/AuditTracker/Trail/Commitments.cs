namespace AuditTracker.Trail;

/// <summary>A personal value beside its entry; null: it is gone.</summary>
internal sealed record KeptValue(long EntryId, string Side, string Name, Guid Salt, string? Value);

/// <summary>Compares personal values with the commitments in an entry's bytes. A value that is gone is as it should be where an act tells that it was erased; a row that is gone never is.</summary>
internal static class Commitments
{
    public static void Check(SealedEntry entry, IEnumerable<KeptValue> kept, ErasedValues erased, Action<FindingKind, string> found)
    {
        // Most entries hold no personal value; these are the bytes before each commitment.
        if (entry.Canonical.IndexOf("#64:"u8) < 0)
        {
            foreach (var stray in kept)
            {
                found(FindingKind.ValueChanged, stray.Name);
            }
            return;
        }
        if (CanonicalEntry.TryDecode(entry.Canonical) is not { } read)
        {
            found(FindingKind.ValueChanged, "-");
            return;
        }
        var rows = kept.ToDictionary(row => (row.Side, row.Name));
        foreach (var (side, values) in new[] { ("before", read.Before), ("after", read.After) })
        {
            foreach (var value in (values ?? []).Where(value => value.IsPersonal))
            {
                if (!rows.Remove((side, value.Name), out var row) || row.Value is { } text && !value.Commits(row.Salt, text))
                {
                    found(FindingKind.ValueChanged, value.Name);
                }
                else if (row.Value is null && !erased.Accepts(entry.Id, side, value.Name))
                {
                    found(FindingKind.ValueGone, value.Name);
                }
            }
        }
        foreach (var stray in rows.Values)
        {
            found(FindingKind.ValueChanged, stray.Name);
        }
    }
}
