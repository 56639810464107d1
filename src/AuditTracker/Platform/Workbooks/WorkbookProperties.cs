namespace AuditTracker.Platform.Workbooks;

/// <summary>What the file says about itself.</summary>
/// <param name="Title">Title in the document properties.</param>
/// <param name="Creator">The company or program that made it.</param>
/// <param name="CreatedAt">UTC instant; also the time of every ZIP entry, so the same inputs give the same bytes.</param>
public sealed record WorkbookProperties(string Title, string Creator, DateTime CreatedAt)
{
    /// <summary>The few words the writer itself puts on a sheet; Japanese unless said otherwise.</summary>
    public WorkbookWords Words { get; init; } = WorkbookWords.Japanese;

    /// <summary>Dates are shown as R8.11.22 instead of 2026/11/22; they stay real dates.</summary>
    public bool EraDates { get; init; }
}

/// <summary>Words for texts longer than one Excel cell can hold (32,767 characters), which go on on a last sheet.</summary>
/// <param name="ContinuationSheet">Name of that sheet.</param>
/// <param name="ContinuedOn">Ends the cut cell; {0} is the sheet's name.</param>
/// <param name="Sheet">Column head: the sheet of the cut cell.</param>
/// <param name="Cell">Column head: the cut cell.</param>
/// <param name="Part">Column head: 2, 3, ….</param>
/// <param name="Text">Column head: the text that goes on.</param>
public sealed record WorkbookWords(string ContinuationSheet, string ContinuedOn, string Sheet, string Cell, string Part, string Text)
{
    public static readonly WorkbookWords Japanese = new("長文の続き", "…（続きはシート「{0}」にあります）", "シート", "セル", "何番目", "続きの文");
    public static readonly WorkbookWords English = new("Long texts", "… (goes on on the sheet \"{0}\")", "Sheet", "Cell", "Part", "Text, continued");
}

/// <summary>The content does not fit an Excel file: too many rows or columns, a sheet of 4 GiB. The message says which sheet.</summary>
public sealed class WorkbookLimitException(string message) : Exception(message);
