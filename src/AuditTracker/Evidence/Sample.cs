using AuditTracker.Platform.Database;

namespace AuditTracker.Evidence;

/// <summary>A population of a collection and the rows drawn from it.</summary>
public sealed class Sample
{
    public long Id { get; init; }
    public long CollectionId { get; init; }
    public string Title { get; init; } = "";
    public DateOnly PeriodFrom { get; init; }
    public DateOnly PeriodTo { get; init; }
    public string Name { get; init; } = "";

    /// <summary>upload, or the name of one of <see cref="SampleQueries"/>.</summary>
    public string Source { get; init; } = "";
    public string Origin { get; init; } = "";
    public string Completeness { get; init; } = "";
    public DateOnly AsOf { get; init; }
    public string By { get; init; } = "";
    public DateTime TakenAt { get; init; }
    public string? OriginalName { get; init; }
    public string? OriginalSha256 { get; init; }
    public long? OriginalSize { get; init; }
    public string FileSha256 { get; init; } = "";
    public long FileSize { get; init; }
    public string RowsSha256 { get; init; } = "";
    public long RowCount { get; init; }

    /// <summary>The heads, as a JSON array.</summary>
    public string Columns { get; init; } = "[]";

    /// <summary>population, drawn, concluded or abandoned.</summary>
    public string State { get; init; } = "";
    public string? Basis { get; init; }
    public DateOnly? TableFrom { get; init; }
    public int? TableSize { get; init; }
    public int? Size { get; init; }
    public string? SizeReason { get; init; }
    public string? Seed { get; init; }
    public string? SeedFrom { get; init; }
    public string? DrawnBy { get; init; }
    public DateTime? DrawnAt { get; init; }
    public string? Closing { get; init; }
    public string? ClosedBy { get; init; }
    public DateTime? ClosedAt { get; init; }

    /// <summary>Its term is over: population and files are gone, rows and results stay.</summary>
    public DateTime? DestroyedAt { get; init; }

    /// <summary>Rows with a result; those that were replaced are not counted here, but what was found in them is below.</summary>
    public long Done { get; init; }
    public long Conforming { get; init; }
    public long Observations { get; init; }

    /// <summary>The exceptions.</summary>
    public long Nonconforming { get; init; }
    public long NotApplicable { get; init; }
    public long Replaced { get; init; }

    /// <summary>Its place in the list across collections it was read for.</summary>
    public string ListPlace { get; init; } = "";

    /// <summary>The reader works it: theirs to hand in, and the collection is with its owner.</summary>
    public bool MayWork { get; init; }

    public IReadOnlyList<string> Heads => PopulationFile.Cells(Columns);
    public bool IsOpen => State is "population" or "drawn";
}

/// <summary>A drawn row with what came of it.</summary>
public sealed class SampleRow
{
    public long Id { get; init; }
    public long SampleId { get; init; }

    /// <summary>In the order of drawing, from 1.</summary>
    public int Place { get; init; }

    /// <summary>Its number in the population, from 1.</summary>
    public int RowNumber { get; init; }

    /// <summary>A JSON array.</summary>
    public string Cells { get; init; } = "[]";

    /// <summary>The result that holds; 0 while there is none.</summary>
    public long ResultId { get; init; }
    public string? Result { get; init; }
    public string? Note { get; init; }
    public string? Link { get; init; }
    public string? By { get; init; }
    public DateTime? At { get; init; }
    public long Files { get; init; }
    public DateTime? ReplacedAt { get; init; }
    public string? ReplacedBy { get; init; }
    public string? ReplaceReason { get; init; }

    public IReadOnlyList<string> Texts => PopulationFile.Cells(Cells);
}

/// <summary>A file kept for a row.</summary>
public sealed record SampleFile(long Id, string FileName, string MediaType, long Size, string Sha256, string By, DateTime At);

/// <summary>An earlier or the present result of a row.</summary>
public sealed record SampleResult(long Id, string Result, string Note, string? Link, string By, DateTime At);

/// <summary>Rows stand in the order they were drawn in.</summary>
public static class SampleOrders
{
    public static readonly ListOrder Place = new("place", new SortKey("r.place"));
    public static readonly ListOrder[] All = [Place];
}
