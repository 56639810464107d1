using AuditTracker.Calendar;

namespace AuditTracker.Evidence;

/// <summary>Coverage of an item, best first; the worst of its requests is the item's.</summary>
public enum CoverageState { Excluded, Covered, Collecting, Ageing, Stale, Missing }

/// <summary>What one active request says about an item on a day, with the dates it was computed from.</summary>
/// <param name="AcceptedFrom">The latest accepted period, or null.</param>
/// <param name="CoveredThrough">Last covered day; null when nothing was accepted.</param>
/// <param name="AgeingThrough">Last day of ageing; stale from the day after.</param>
/// <param name="NextDueOn">Due date, as first planned, of the next period that was not waived.</param>
public sealed record RequestCoverage(long RequestId, string Title, CoverageState State, DateOnly? AcceptedFrom, DateOnly? AcceptedTo,
    DateOnly? CoveredThrough, DateOnly? AgeingThrough, DateOnly? NextDueOn)
{
    /// <summary>It asks on an event, and none has come yet: it says neither good nor bad of an item that others are asked for too.</summary>
    public bool IsIdle { get; init; }
}

/// <summary>The computed coverage of an item; never typed in, always explained by its requests.</summary>
/// <param name="FreshUntil">Last day on which every request of the item still covers it; null when one never did.</param>
public sealed record ItemCoverage(string Framework, string Ref, CoverageState State, DateOnly? FreshUntil, DateOnly? NextDueOn, IReadOnlyList<RequestCoverage> Requests)
{
    /// <summary>Other items' requests whose accepted evidence somebody confirmed for this item: each as far as its confirmed periods go.</summary>
    public IReadOnlyList<RequestCoverage> Attached { get; init; } = [];

    /// <summary>What the state follows from: the item's own requests, or without any the attached ones.</summary>
    public IReadOnlyList<RequestCoverage> Deciding => Requests.Count > 0 ? Coverage.Deciding(Requests) : Attached;
}

/// <summary>The coverage rules of design §6.</summary>
public static class Coverage
{
    /// <summary>Days of ageing after a yearly period (domain.md §15.1: due + 30 days).</summary>
    public const int YearlyAgeing = 30;

    /// <summary>
    /// From the latest accepted period: covered through the next period's due date as first planned, ageing for a quarter of the accepted
    /// period's days more, rounded up (yearly: 30), then stale. Nothing accepted: collecting through the first due date, then stale.
    /// </summary>
    /// <param name="accepted">The latest accepted period.</param>
    /// <param name="nextDueOn">Due date of the first period after it (after the start, when nothing was accepted) that was not waived;
    /// null when none follows before the request ends.</param>
    /// <param name="endOn">Last day of the request.</param>
    public static RequestCoverage Of(long requestId, string title, Period? accepted, bool yearly, DateOnly? nextDueOn, DateOnly? endOn, DateOnly today)
    {
        if (accepted is not { } period)
        {
            var waiting = nextDueOn is null || today <= nextDueOn ? CoverageState.Collecting : CoverageState.Stale;
            return new(requestId, title, waiting, null, null, null, null, nextDueOn);
        }
        // No further period: the last one covers for as long as the request is active.
        var covered = nextDueOn ?? endOn ?? today;
        var ageing = covered.AddDays(yearly ? YearlyAgeing : (period.Days + 3) / 4);
        var state = today <= covered ? CoverageState.Covered : today <= ageing ? CoverageState.Ageing : CoverageState.Stale;
        return new(requestId, title, state, period.From, period.To, covered, ageing, nextDueOn);
    }

    /// <summary>An item is as well covered as its worst request; one that nobody is asked for is missing.</summary>
    /// <param name="attached">
    /// Other items' requests whose evidence was confirmed for this one. Own requests are duties and each must be met, so attached evidence mends none of them and spoils
    /// none; where nobody is asked it is proof, and the best of it counts.
    /// </param>
    public static ItemCoverage OfItem(string framework, string itemRef, bool applicable, IReadOnlyList<RequestCoverage> requests, IReadOnlyList<RequestCoverage>? attached = null)
    {
        if (!applicable)
        {
            return new(framework, itemRef, CoverageState.Excluded, null, null, requests) { Attached = attached ?? [] };
        }
        if (requests.Count == 0 && attached is { Count: > 0 })
        {
            var best = attached.OrderBy(request => request.State).ThenByDescending(request => request.CoveredThrough).First();
            return new(framework, itemRef, best.State, best.CoveredThrough, best.NextDueOn, []) { Attached = attached };
        }
        if (requests.Count == 0)
        {
            return new(framework, itemRef, CoverageState.Missing, null, null, requests);
        }
        var deciding = Deciding(requests);
        DateOnly? fresh = deciding.All(request => request.CoveredThrough is not null) ? deciding.Min(request => request.CoveredThrough) : null;
        return new(framework, itemRef, deciding.Max(request => request.State), fresh, requests.Min(request => request.NextDueOn), requests) { Attached = attached ?? [] };
    }

    internal static IReadOnlyList<RequestCoverage> Deciding(IReadOnlyList<RequestCoverage> requests) => requests.Any(request => !request.IsIdle) ? [.. requests.Where(request => !request.IsIdle)] : requests;
}
