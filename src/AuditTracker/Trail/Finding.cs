namespace AuditTracker.Trail;

/// <summary>What a verification can find wrong.</summary>
public enum FindingKind
{
    /// <summary>An entry's bytes are not those that were sealed.</summary>
    EntryChanged,

    /// <summary>A sealed entry is no longer there.</summary>
    EntryMissing,

    /// <summary>An entry stands in a sealed range and was not sealed with it.</summary>
    EntryAdded,

    /// <summary>The columns beside an entry say something else than its bytes.</summary>
    ColumnsDiffer,

    /// <summary>A personal value, or its salt, is not the one committed to, or its row is gone.</summary>
    ValueChanged,

    /// <summary>A personal value is gone, and no act tells that it was erased.</summary>
    ValueGone,

    /// <summary>A seal's parts do not give its head, or the leaves kept with it not its root.</summary>
    SealChanged,

    /// <summary>A seal does not follow the one before it: one is missing, or they were exchanged.</summary>
    ChainBroken,

    /// <summary>A head that is known from outside the database does not stand in the chain: the end was cut off, or all was written anew.</summary>
    HeadUnknown,

    /// <summary>An outside time stamp does not fit the head it is kept for.</summary>
    AnchorWrong,

    /// <summary>What records the trail (triggers, functions, rights) is not what was there after the last migration or restore.</summary>
    GuardChanged,

    /// <summary>Entries wait longer for their seal than any operation takes.</summary>
    NotSealed,

    /// <summary>A file's bytes are not those of its row.</summary>
    FileChanged,

    /// <summary>A file that a row names is not there.</summary>
    FileMissing,

    /// <summary>A row's value is not the one the trail tells last.</summary>
    RowChanged,

    /// <summary>A row that the trail does not know, or knows as deleted.</summary>
    RowAdded,

    /// <summary>A row that the trail knows and that is not there.</summary>
    RowMissing,
}

/// <summary>One thing found wrong.</summary>
/// <param name="Where">Which entry, seal, file or row: an entry or a seal is its number, a file its SHA-256, a row <c>TABLE/KEY</c>.</param>
/// <param name="Detail">More of it, in the trail's own keys; may be empty.</param>
public sealed record Finding(FindingKind Kind, string Where, string Detail = "");

/// <summary>What a verification saw.</summary>
/// <param name="Entries">Sealed entries that were checked.</param>
/// <param name="Unsealed">Entries that wait for their seal.</param>
/// <param name="Head">The last head, null when nothing is sealed.</param>
/// <param name="Findings">At most <see cref="MostFindings"/>; the first ones matter.</param>
/// <param name="Rows">Rows that were compared with what the trail says of them; 0 when that was not asked.</param>
/// <param name="Erased">Personal values that are gone as acts of the trail tell.</param>
public sealed record Verdict(long Entries, long Seals, long Unsealed, byte[]? Head, long Anchors, long Files, IReadOnlyList<Finding> Findings, long Rows = 0, long Erased = 0)
{
    public const int MostFindings = 1_000;

    public bool IsSound => Findings.Count == 0;
}
