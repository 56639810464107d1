using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence;

/// <summary>How samples are worded, on pages and sheets alike.</summary>
public static class SampleText
{
    public static string Source(IStringLocalizer words, string source) => words[source == "upload" ? "SampleSourceFile" : "SampleSource" + Pascal(source)];

    public static string Basis(IStringLocalizer words, string basis) => words["SampleBasis" + Pascal(basis)];

    public static string State(IStringLocalizer words, string state) => words["SampleState" + Pascal(state)];

    /// <summary>○ 適合, △ 観察, × 不適合, － 該当なし; without a result 未判定.</summary>
    public static string Result(IStringLocalizer words, string? result) => words["SampleResult" + Pascal(result ?? "none")];

    /// <summary>The same beside a shape, which says what the sign says.</summary>
    public static string Word(IStringLocalizer words, string? result) => result is null ? Result(words, null) : Result(words, result)[2..];

    /// <summary>The result of a row, and that it was replaced.</summary>
    public static string Outcome(IStringLocalizer words, SampleRow row) =>
        row.ReplacedAt is null ? Result(words, row.Result) : row.Result is null ? words["SampleIsReplaced"] : $"{Result(words, row.Result)}\n{words["SampleIsReplaced"].Value}";

    /// <summary>What was seen, and why it was replaced.</summary>
    public static string Said(SampleRow row) => string.Join("\n", new[] { row.Note, row.ReplaceReason }.Where(text => !string.IsNullOrEmpty(text)));

    /// <summary>Where it came from; for what the product found itself, that.</summary>
    public static string Origin(IStringLocalizer words, Sample sample) =>
        sample.Origin.Length > 0 || sample.Source == "upload" ? sample.Origin : words["SampleOriginOwn", Source(words, sample.Source)];

    /// <summary>How it was made sure that nothing is missing.</summary>
    public static string Completeness(IStringLocalizer words, Sample sample) =>
        sample.Completeness.Length > 0 || sample.Source == "upload" ? sample.Completeness : words["SampleCompletenessOwn"];

    /// <summary>50件まで：5件.</summary>
    public static string Line(IStringLocalizer words, SampleSizeLine line) => (line.UpTo, line.Size) switch
    {
        ({ } upTo, null) => words["SampleLineUpToAll", upTo],
        ({ } upTo, { } size) => words["SampleLineUpTo", upTo, size],
        (null, null) => words["SampleLineAll"],
        (null, { } size) => words["SampleLine", size],
    };

    private static string Pascal(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
