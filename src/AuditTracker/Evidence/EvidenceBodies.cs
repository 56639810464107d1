using System.ComponentModel;

namespace AuditTracker.Evidence;

// Bodies that are read by hand, as the API's document shows them: WireRequest.Read and HandInForm.Read are what counts.

/// <summary>A request as it is changed; what is left out stays as it is.</summary>
public sealed class RequestBody
{
    [Description("The version that was read; another one has been saved since: 409.")]
    public int? Version { get; init; }
    public string? Title { get; init; }
    public string? Guidance { get; init; }
    public int? Minutes { get; init; }
    [Description("Items as framework:ref, for example iso27001-2022:A.5.18.")]
    public string[]? Items { get; init; }
    [Description("Employee number.")]
    public string? Owner { get; init; }
    [Description("Employee number.")]
    public string? Reviewer { get; init; }
    [Description("every: day (on: business or all), week (on: friday), month, quarter, half, year, months (n: 2 to 60) or event (on: joined, left or transferred). Of month and longer, on is the day of the last month from which opens and due count: 25, lastBusinessDay, \"2 tuesday\" or \"last friday\"; left out, the period's last day.")]
    public WireRecurrence? Recurrence { get; init; }
    [Description("Days after that day; unit: days.")]
    public WireOffset? Opens { get; init; }
    [Description("After that day; unit: days or businessDays; shift on a closed day: previous (when left out), next or none.")]
    public WireOffset? Due { get; init; }
    public DateOnly? StartOn { get; init; }
    [Description("null: no end.")]
    public DateOnly? EndOn { get; init; }
}

/// <summary>A request as it is made.</summary>
public sealed class NewRequestBody
{
    public required string Title { get; init; }
    public string? Guidance { get; init; }
    public int? Minutes { get; init; }
    [Description("Items as framework:ref, for example iso27001-2022:A.5.18.")]
    public required string[] Items { get; init; }
    [Description("Employee number.")]
    public required string Owner { get; init; }
    [Description("Employee number.")]
    public required string Reviewer { get; init; }
    [Description("every: day (on: business or all), week (on: friday), month, quarter, half, year, months (n: 2 to 60) or event (on: joined, left or transferred). Of month and longer, on is the day of the last month from which opens and due count: 25, lastBusinessDay, \"2 tuesday\" or \"last friday\"; left out, the period's last day.")]
    public required WireRecurrence Recurrence { get; init; }
    [Description("Days after that day; unit: days.")]
    public WireOffset? Opens { get; init; }
    [Description("After that day; unit: days or businessDays; shift on a closed day: previous (when left out), next or none.")]
    public required WireOffset Due { get; init; }
    public required DateOnly StartOn { get; init; }
    public DateOnly? EndOn { get; init; }
}

/// <summary>A hand-in: text fields first, then files.</summary>
public sealed class SubmissionBody
{
    [Description("Text fields come before files.")]
    public string? Note { get; init; }
    public string[]? Link { get; init; }
    public string? Statement { get; init; }
    public DateOnly? CapturedOn { get; init; }
    [Description("There was nothing in this period; the reason.")]
    public string? Nothing { get; init; }
    [Description("Employee number of whose evidence it is, when somebody else hands in; a compliance manager may name anybody but the reviewer.")]
    public string? OnBehalfOf { get; init; }
    [Description("true: only part of what is asked. The collection stays open; rest and restBy are needed.")]
    public bool? IsPart { get; init; }
    [Description("Of a part: what is still to come.")]
    public string? Rest { get; init; }
    [Description("Of a part: by when the rest comes. It moves no due date.")]
    public DateOnly? RestBy { get; init; }
    [Description("Submissions handed in as parts that this one takes up; left out: all that were not withdrawn. 0 alone: none.")]
    public long[]? UsedPart { get; init; }
    public IFormFile[]? File { get; init; }
}
