using AuditTracker.Platform;

namespace AuditTracker.Evidence;

/// <summary>A line of the table of sample sizes.</summary>
/// <param name="ValidFrom">The day from which the table it is a line of holds.</param>
/// <param name="Basis">yearly, quarterly, monthly, weekly, daily: how often the control is done; event: each row is a case of its own.</param>
/// <param name="UpTo">The largest population it is for; null: any beyond.</param>
/// <param name="Size">How many rows; null: all of them.</param>
public sealed record SampleSizeLine(DateOnly ValidFrom, string Basis, long? UpTo, int? Size);

/// <summary>How many rows are drawn: by the table, and more with a reason.</summary>
public static class SampleSizes
{
    /// <summary>More rows than this nobody works through by hand.</summary>
    public const int Most = 1000;

    public static readonly string[] Bases = ["event", "daily", "weekly", "monthly", "quarterly", "yearly"];

    /// <summary>What the table asks of a population, never more than there is; null when it has no line for it.</summary>
    /// <param name="table">The lines that hold on the day.</param>
    public static int? Of(IEnumerable<SampleSizeLine> table, string basis, long rows) =>
        table.Where(line => line.Basis == basis && (line.UpTo is null || rows <= line.UpTo)).OrderBy(line => line.UpTo ?? long.MaxValue).FirstOrDefault() is { } found
            ? (int)Math.Min(rows, found.Size ?? Math.Min(rows, int.MaxValue)) : null;

    /// <summary>A whole table: one size for each frequency, and for single cases steps and a size beyond them.</summary>
    /// <exception cref="InvalidInput">It is none: a size is missing or cannot be drawn, or two steps are the same.</exception>
    public static void Check(IReadOnlyList<SampleSizeLine> lines)
    {
        foreach (var basis in Bases)
        {
            var (field, of) = (basis == "event" ? "beyond" : basis, lines.Where(line => line.Basis == basis).ToList());
            if (of.Count(line => line is { UpTo: null, Size: >= 1 and <= Most }) != 1 || of.Count(line => line.UpTo is null) != 1)
            {
                throw InvalidInput.At<Words>(field, "SampleTableSizeMissing", Most);
            }
            if (of.Any(line => line.UpTo is not null && (line.UpTo is < 1 or > 100_000_000 || line.Size is < 1 or > Most || (line.Size is null && line.UpTo > Most))) || of.DistinctBy(line => line.UpTo).Count() != of.Count)
            {
                throw InvalidInput.At<Words>("upTo", "SampleTableStep");
            }
        }
    }

    /// <summary>The bases by which the new table would draw less from some population than the one before.</summary>
    public static IReadOnlyList<string> Shrinks(IReadOnlyList<SampleSizeLine> before, IReadOnlyList<SampleSizeLine> after)
    {
        // Between two steps of either table neither size changes but by the population itself, so that looking at their ends is enough.
        long[] ends = [.. before.Concat(after).Select(line => line.UpTo).OfType<long>().Distinct(), int.MaxValue];
        return [.. Bases.Where(basis => ends.Any(rows => Of(before, basis, rows) is { } was && Of(after, basis, rows) is var now && !(now >= was)))];
    }

    /// <summary>The size that is drawn.</summary>
    /// <param name="asked">What the user wants; null: as the table says.</param>
    /// <exception cref="InvalidInput">Fewer than the table asks, more than there are, or more without a reason.</exception>
    public static int Choose(int table, long rows, int? asked, string? reason) => asked switch
    {
        null => table <= Most ? table : throw InvalidInput.At<Words>("size", "SampleSizeMost", Most),
        var fewer when fewer < table => throw InvalidInput.At<Words>("size", "SampleSizeTooSmall", table),
        var more when more > rows => throw InvalidInput.At<Words>("size", "SampleSizeTooLarge", rows),
        > Most => throw InvalidInput.At<Words>("size", "SampleSizeMost", Most),
        var more when more > table && string.IsNullOrWhiteSpace(reason) => throw InvalidInput.At<Words>("sizeReason", "SampleSizeReason", table),
        var given => given.Value,
    };
}
