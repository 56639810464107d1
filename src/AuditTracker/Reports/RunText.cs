using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Reports;

/// <summary>How a run's stage, error and size are worded, and how an instant is read.</summary>
public static partial class RunText
{
    /// <summary>What is being done: 証跡シート.</summary>
    public static string Stage(IStringLocalizer words, string stage) => stage switch
    {
        "counting" => words["StageCounting"],
        "evidence" => words["StageEvidence"],
        "index" => words["StageIndex"],
        "gaps" => words["StageGaps"],
        "saving" => words["StageSaving"],
        _ => words["StageWaiting"],
    };

    /// <summary>What happened, on which sheet, and what to do.</summary>
    /// <param name="error">As in the row: <c>TooManyRows:evidence</c>.</param>
    public static string Error(IStringLocalizer words, string error)
    {
        var at = Stage(words, error[(error.IndexOf(':') + 1)..]);
        return error.StartsWith("TooManyRows", StringComparison.Ordinal) ? words["TooManyRows", at] : words["BuildFailed", at];
    }

    /// <summary>182KB, 2.1MB.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes}B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1000d:0}KB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0}MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00}GB"),
    };

    /// <summary>An instant with its distance from UTC, 2026-11-24T09:00:00+09:00 or …Z, as UTC; null when it is none. Without the distance it would depend on the machine.</summary>
    public static DateTime? Instant(string given) =>
        WithOffset().IsMatch(given) && DateTimeOffset.TryParse(given, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at.UtcDateTime : null;

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,7})?)?(Z|[+-][0-9]{2}:[0-9]{2})$")]
    private static partial Regex WithOffset();
}
