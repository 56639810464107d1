using AuditTracker.Calendar;
using AuditTracker.Evidence;

namespace AuditTracker.Overview;

/// <summary>An item and how the company treats it.</summary>
/// <param name="Position">Its place in clause order within the framework.</param>
/// <param name="UnverifiedJa">No source confirmed the Japanese title; marked where that title is shown.</param>
/// <param name="Owner">Employee number; null = nobody.</param>
public sealed record Item(
    string Framework, string Ref, int Position, string OfficialRef, string TitleJa, string TitleEn, bool UnverifiedJa, bool UnverifiedEn, string Theme, string Excludable,
    bool Applicable, string Reason, string? Owner, string? OwnerName, string Implementation, int Version)
{
    public string Title(string language) => language == "ja" ? TitleJa : TitleEn;
    public bool IsUnverified(string language) => language == "ja" ? UnverifiedJa : UnverifiedEn;
}

/// <summary>A heading among the items; never assessed.</summary>
public sealed record Heading(string Ref, int Position, string OfficialRef, string TitleJa, string TitleEn, bool UnverifiedJa, bool UnverifiedEn)
{
    public string Title(string language) => language == "ja" ? TitleJa : TitleEn;
    public bool IsUnverified(string language) => language == "ja" ? UnverifiedJa : UnverifiedEn;

    /// <summary>Whether an item stands under this heading: <c>A.5.18</c> under <c>A.5</c>.</summary>
    public bool Heads(Item item) => item.Ref.StartsWith(Ref + ".", StringComparison.Ordinal);
}

/// <summary>What an item list is narrowed to; every part stands in the URL, null = not narrowed.</summary>
/// <param name="Owner">Employee number, or <see cref="NoOwner"/>.</param>
/// <param name="Department">Code of the department of the owner's primary post, or <see cref="NoOwner"/>.</param>
/// <param name="Measure">Class of safety measures (a theme of <see cref="ItemStore.Measures"/>) that the catalogues pair the item with.</param>
/// <param name="Words">Contained in reference or title, whatever the width or case of the letters.</param>
public sealed record ItemFilter(string? Framework = null, string? Theme = null, CoverageState? State = null, string? Owner = null, bool? Applicable = null, string? Words = null, string? Department = null, string? Measure = null)
{
    /// <summary>Items that have no owner, or whose owner has no department.</summary>
    public const string NoOwner = "none";
}

/// <summary>What an item was from an instant on.</summary>
/// <param name="By">Who changed it; null = loaded with the catalogue.</param>
public sealed record ItemVersion(int Version, bool Applicable, string Reason, string? OwnerName, string Implementation, string? By, DateTime At);

/// <summary>An item of another framework that the same evidence may serve.</summary>
/// <param name="Strength"><c>equivalent</c>, <c>partial</c> or <c>related</c>.</param>
/// <param name="IsCounted">False for archived and reference frameworks, which have no coverage.</param>
/// <param name="IsVisible">Whether the reader may open it.</param>
public sealed record MappedItem(string Framework, string ShortJa, string ShortEn, bool IsCounted, string Ref, string OfficialRef, string TitleJa, string TitleEn, string Strength, string? Note, bool IsVisible)
{
    public string Title(string language) => language == "ja" ? TitleJa : TitleEn;
    public string Short(string language) => language == "ja" ? ShortJa : ShortEn;
}

/// <summary>An evidence request that serves an item.</summary>
/// <param name="IsActive">Whether it asks on the business date.</param>
public sealed record ServingRequest(long Id, string Title, string Every, int EveryMonths, string OnDay, string OwnerName, bool IsActive)
{
    public Recurrence Recurrence => Recurrence.Read(Every, OnDay, EveryMonths) ?? throw new InvalidOperationException($"Request {Id} has no recurrence.");
}

/// <summary>One of the latest periods of a request that serves an item.</summary>
/// <param name="IsVisible">Whether the reader may open it.</param>
/// <param name="SubmittedAt">Of the newest submission.</param>
/// <param name="AcceptedAt">When it is accepted now.</param>
public sealed record ServingCollection(long Id, long RequestId, DateOnly PeriodFrom, DateOnly PeriodTo, DateOnly DueOn, string State, bool IsOverdue, DateTime? SubmittedAt, DateTime? AcceptedAt, int FiscalStartMonth, bool IsVisible)
{
    /// <summary>The days in Japan.</summary>
    public DateOnly? SubmittedOn => SubmittedAt is { } at ? JapanTime.DateOf(at) : null;
    public DateOnly? AcceptedOn => AcceptedAt is { } at ? JapanTime.DateOf(at) : null;

    /// <summary>2026年7～9月分, in the language of the page.</summary>
    public string PeriodLabel => PeriodText.LabelWithYear(new Period(PeriodFrom, PeriodTo), new FiscalPeriods(FiscalStartMonth));
}

/// <summary>Something an item is counted under beside its theme.</summary>
public sealed record ItemGroup(string Ref, string Key, string Name);

/// <summary>Somebody to choose as an owner.</summary>
public sealed record PersonChoice(string EmployeeNo, string Name, string NameKana, string? Department);
