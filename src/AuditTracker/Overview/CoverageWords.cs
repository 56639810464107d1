using AuditTracker.Calendar;
using AuditTracker.Evidence;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Overview;

/// <summary>Says in one sentence why an item is in its state, by the request that decides it. Language of the request at hand.</summary>
public sealed class CoverageWords(IStringLocalizer<Words> words)
{
    public string Explain(ItemCoverage coverage)
    {
        var worst = coverage.Deciding.Where(request => request.State == coverage.State).MinBy(request => request.CoveredThrough ?? request.NextDueOn);
        return (coverage.State, worst) switch
        {
            (CoverageState.Covered, _) when coverage.FreshUntil is { } until => words["ExplainCovered", DateText.Table(until)],
            (CoverageState.Collecting, { NextDueOn: { } due }) => words["ExplainCollecting", worst.Title, DateText.Table(due)],
            (CoverageState.Collecting, not null) => words["ExplainCollectingOpen", worst.Title],
            (CoverageState.Ageing, { CoveredThrough: { } covered, AgeingThrough: { } ageing }) => words["ExplainAgeing", worst.Title, DateText.Table(covered), DateText.Table(ageing)],
            (CoverageState.Stale, { AcceptedFrom: { } from, AcceptedTo: { } to, AgeingThrough: { } ageing }) =>
                words["ExplainStale", worst.Title, PeriodText.Dates(new Period(from, to)), DateText.Table(ageing)],
            (CoverageState.Stale, { NextDueOn: { } due }) => words["ExplainNeverAccepted", worst.Title, DateText.Table(due)],
            (CoverageState.Excluded, _) => words["ExplainExcluded"],
            (CoverageState.Missing, _) => words["ExplainMissing"],
            _ => words[$"State{coverage.State}"],
        };
    }
}
