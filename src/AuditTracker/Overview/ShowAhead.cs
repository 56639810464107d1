using AuditTracker.Controls;
using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Overview;

/// <summary>An applicable item now and on a day to come.</summary>
/// <param name="Planned">When everything due by then is handed in on its due date and accepted.</param>
/// <param name="Nothing">When nothing more comes in.</param>
public sealed record ItemAhead(Item Item, ItemCoverage Now, ItemCoverage Planned, ItemCoverage Nothing)
{
    /// <summary>Not covered whatever is handed in by its due date: the plan must change.</summary>
    public bool IsOpen => Planned.State != CoverageState.Covered;

    /// <summary>Covered only when something more is handed in.</summary>
    public bool Depends => !IsOpen && Nothing.State != CoverageState.Covered;

    /// <summary>Keys in <see cref="Order"/>: open ones first, then in clause order.</summary>
    public long[] Place => [IsOpen ? 0 : 1, Item.Position];

    public static readonly ListOrder Order = new("item", new SortKey("kind"), new SortKey("position"));
}

/// <summary>A framework's items counted three times: now, and on the day both ways.</summary>
public sealed record FrameworkAhead(Framework Framework, Share Now, Share Planned, Share Nothing);

/// <summary>Where the company will stand on a day, as far as the reader sees.</summary>
/// <param name="Items">Applicable items of the framework chosen that are open or depend: open ones first, then in clause order.</param>
public sealed record Ahead(DateOnly On, IReadOnlyList<FrameworkAhead> Frameworks, Framework? Chosen, IReadOnlyList<ItemAhead> Items);

/// <summary>Where will we stand on the day of the audit? Coverage on a day to come, from the plan.</summary>
public sealed class ShowAhead(ItemStore items, ControlStore controls, CoverageStore coverage)
{
    /// <param name="on">From today to the end of what is planned.</param>
    /// <param name="framework">The one looked at closely; null or unknown: the first.</param>
    public async Task<Ahead> RunAsync(CurrentUser user, DateOnly on, string? framework, CancellationToken ct)
    {
        var all = (await items.ListAsync(user, new ItemFilter(), ct)).ToLookup(item => item.Framework);
        var counted = (await controls.FrameworksAsync(ct)).Where(known => known.IsCounted && all.Contains(known.Key)).ToList();
        var chosen = counted.Find(known => known.Key == framework) ?? counted.FirstOrDefault();
        var frameworks = new List<FrameworkAhead>();
        IReadOnlyList<ItemAhead> listed = [];
        foreach (var known in counted)
        {
            var states = await Task.WhenAll(coverage.OfFrameworkAsync(known.Key, ct: ct), coverage.OnDayAsync(known.Key, on, handedIn: true, ct), coverage.OnDayAsync(known.Key, on, handedIn: false, ct));
            frameworks.Add(new(known, ShareOf(states[0]), ShareOf(states[1]), ShareOf(states[2])));
            if (known == chosen)
            {
                listed = [.. all[known.Key].Where(item => item.Applicable).Select(item => new ItemAhead(item, states[0][item.Ref], states[1][item.Ref], states[2][item.Ref]))
                    .Where(item => item.IsOpen || item.Depends).OrderByDescending(item => item.IsOpen).ThenBy(item => item.Item.Position)];
            }

            Share ShareOf(IReadOnlyDictionary<string, ItemCoverage> found) => Share.Of(known.Key, known.Key, all[known.Key].Select(item => new CoveredItem(item, found.GetValueOrDefault(item.Ref))));
        }
        return new(on, frameworks, chosen, listed);
    }
}
