namespace AuditTracker.Trail;

/// <summary>A personal value beside its entry; null: erased.</summary>
internal sealed record KeptValue(long EntryId, string Side, string Name, Guid Salt, string? Value);

/// <summary>Compares personal values with the commitments in an entry's bytes. An erased value (null) is as it should be; a row that is gone is not.</summary>
internal static class Commitments
{
    public static void Check(SealedEntry entry, IEnumerable<KeptValue> kept, Action<string> changed)
    {
        // Most entries hold no personal value; these are the bytes before each commitment.
        if (entry.Canonical.IndexOf("#64:"u8) < 0)
        {
            foreach (var stray in kept)
            {
                changed(stray.Name);
            }
            return;
        }
        if (CanonicalEntry.TryDecode(entry.Canonical) is not { } read)
        {
            changed("-");
            return;
        }
        var rows = kept.ToDictionary(row => (row.Side, row.Name));
        foreach (var (side, values) in new[] { ("before", read.Before), ("after", read.After) })
        {
            foreach (var value in (values ?? []).Where(value => value.IsPersonal))
            {
                if (!rows.Remove((side, value.Name), out var row) || row.Value is { } text && !value.Commits(row.Salt, text))
                {
                    changed(value.Name);
                }
            }
        }
        foreach (var stray in rows.Values)
        {
            changed(stray.Name);
        }
    }
}
