using AuditTracker.Calendar;
using AuditTracker.Controls;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Primitives;

namespace AuditTracker.Evidence.Pages;

/// <summary>The filters of the list of collections as they stand in an address or go along with a selection.</summary>
public sealed class CollectionQuery
{
    private CollectionQuery() { }

    /// <summary>A state's name, <c>owed</c> (open or returned), <c>all</c>, or nothing for what is under way.</summary>
    public string? StateName { get; private init; }
    public CollectionState? State { get; private init; }
    public bool Overdue { get; private init; }
    public bool Mine { get; private init; }

    /// <summary>Only what is with somebody who has left.</summary>
    public bool Absent { get; private init; }

    /// <summary>Only what waits for the reader's decision.</summary>
    public bool Waiting { get; private init; }
    public string? Framework { get; private init; }
    public string? Assignee { get; private init; }
    public string? Reviewer { get; private init; }
    public string? Department { get; private init; }
    public string? DueFrom { get; private init; }
    public string? DueBefore { get; private init; }
    public long? RequestId { get; private init; }
    public string? Search { get; private init; }

    /// <summary>What was typed as a date and cannot be read as one.</summary>
    public string? UnreadDate { get; private init; }
    public CollectionFilter Filter { get; private init; } = new();

    /// <param name="values">Keys and values as in the address.</param>
    public static CollectionQuery Read(IEnumerable<KeyValuePair<string, StringValues>> values, CompanyDay day)
    {
        var given = values.ToDictionary(pair => pair.Key, pair => Prose.Given(pair.Value.ToString()));
        string? Of(string key) => given.GetValueOrDefault(key);
        bool Is(string key) => bool.TryParse(Of(key), out var yes) && yes;
        var name = Of("state");
        CollectionState? state = Enum.GetValues<CollectionState>().Where(one => string.Equals(one.ToString(), name, StringComparison.OrdinalIgnoreCase)).Select(one => (CollectionState?)one).FirstOrDefault();
        DateOnly? Day(string key) => Of(key) is { } typed ? DateInput.Parse(typed, day.FiscalYear).Day : null;
        var (from, before) = (Day("dueFrom"), Day("dueBefore"));
        long? request = long.TryParse(Of("request"), out var id) ? id : null;
        return new CollectionQuery
        {
            StateName = name,
            State = state,
            Overdue = Is("overdue"),
            Mine = Is("mine"),
            Waiting = Is("waiting"),
            Absent = Is("absent"),
            Framework = Of("framework"),
            Assignee = Of("assignee"),
            Reviewer = Of("reviewer"),
            Department = Of("department"),
            DueFrom = Of("dueFrom"),
            DueBefore = Of("dueBefore"),
            RequestId = request,
            Search = Of("q"),
            UnreadDate = from is null && Of("dueFrom") is { } first ? first : before is null ? Of("dueBefore") : null,
            Filter = new CollectionFilter(state, Of("framework"), Of("assignee"), before, Is("overdue"), Is("waiting"), Is("mine"), RequestId: request, Search: Of("q"),
                Active: state is null && name is not ("all" or "owed"), Owed: name == "owed", Absent: Is("absent"), Reviewer: Of("reviewer"), Department: Of("department"), DueFrom: from),
        };
    }

    /// <summary>The same from an address that was handed on.</summary>
    public static CollectionQuery Read(string query, CompanyDay day) => Read(QueryHelpers.ParseQuery(query), day);

    /// <summary>The filters in force, in words.</summary>
    /// <param name="request">The title of the request the list is narrowed to, if it is.</param>
    public IEnumerable<Chip> Chips(IStringLocalizer<Words> words, IStringLocalizer<AuditTracker.Platform.Web.Words> face, Names names, string? request)
    {
        if (Search is { } text)
        {
            yield return new(text, "q");
        }
        if (State is { } state)
        {
            yield return new(face[States.Of("collection." + state).WordKey], "state");
        }
        else if (StateName == "all")
        {
            yield return new(words["StateAll"], "state");
        }
        else if (StateName == "owed")
        {
            yield return new(words["StateOwed"], "state");
        }
        if (Waiting)
        {
            yield return new(words["ReviewTitle"], "waiting");
        }
        if (Absent)
        {
            yield return new(words["OwnerAbsent"], "absent");
        }
        if (Overdue)
        {
            yield return new(face["CollectionOverdue"], "overdue");
        }
        if (Mine)
        {
            yield return new(words["OnlyMine"], "mine");
        }
        if (Framework is { } key)
        {
            yield return new(names.Frameworks.FirstOrDefault(framework => framework.Key == key)?.Short(Prose.Language) ?? key, "framework");
        }
        if (Department is { } code)
        {
            yield return new(words["DepartmentChip", names.Departments.FirstOrDefault(department => department.Code == code)?.Name ?? code], "department");
        }
        if (Assignee is { } assignee)
        {
            yield return new(words["OwnerChip", names.Person(assignee)], "assignee");
        }
        if (Reviewer is { } reviewer)
        {
            yield return new(reviewer == CollectionFilter.NoReviewer ? words["ReviewerAbsent"] : words["ReviewerChip", names.Person(reviewer)], "reviewer");
        }
        if (Filter.DueFrom is { } from)
        {
            yield return new(words["DueFromChip", DateText.Table(from)], "dueFrom");
        }
        if (Filter.DueBefore is { } before)
        {
            yield return new(words["DueBeforeChip", DateText.Table(before)], "dueBefore");
        }
        if (RequestId is { } id)
        {
            yield return new(words["OneRequest", request ?? $"{id}"], "request");
        }
    }

    /// <summary>What the values of the filters are called.</summary>
    public sealed record Names(IReadOnlyList<Framework> Frameworks, IReadOnlyList<DepartmentChoice> Departments, IReadOnlyList<OwnerChoice> People)
    {
        public string Person(string employeeNo) => People.FirstOrDefault(person => person.EmployeeNo == employeeNo)?.Name ?? employeeNo;
    }
}
