using AuditTracker.Calendar;

namespace AuditTracker.Reports;

/// <summary>Everything a workbook depends on besides the data: the same order on the same data gives the same bytes, whoever asks.</summary>
/// <param name="From">First day of the period whose evidence is listed.</param>
/// <param name="To">Its last day.</param>
/// <param name="CutoffAt">Business instant, UTC: what happened later is not in it.</param>
/// <param name="Language"><c>ja</c> or <c>en</c>.</param>
public sealed record ReportOrder(string Framework, DateOnly From, DateOnly To, DateTime CutoffAt, string Language)
{
    /// <summary>The one kind there is.</summary>
    public const string Evidence = "evidence";

    /// <summary>The day of the cut-off in Japan: what was due before it and is still with the owner is overdue.</summary>
    public DateOnly CutoffOn => JapanTime.DateOf(CutoffAt);
}

/// <summary>How far a workbook has come.</summary>
/// <param name="Stage">counting, evidence, index, gaps or saving; worded as <c>StageCounting</c> ….</param>
/// <param name="Done">Rows written.</param>
/// <param name="Total">Rows there will be; 0 while nobody knows.</param>
public sealed record BuildProgress(string Stage, long Done, long Total)
{
    public static BuildProgress None { get; } = new("", 0, 0);
}
