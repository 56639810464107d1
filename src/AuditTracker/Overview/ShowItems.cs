using AuditTracker.Controls;
using AuditTracker.Evidence;
using AuditTracker.Platform.Security;

namespace AuditTracker.Overview;

/// <summary>An item with its coverage; the coverage of archived and reference frameworks is null, because they are not counted.</summary>
public sealed record CoveredItem(Item Item, ItemCoverage? Coverage);

/// <summary>A framework and how much of it, as far as the reader sees, stands in which state.</summary>
/// <param name="Items">Assessable items.</param>
/// <param name="States">Items by coverage state; empty for frameworks that are not counted.</param>
public sealed record FrameworkCoverage(Framework Framework, int Items, IReadOnlyDictionary<CoverageState, int> States)
{
    public int In(CoverageState state) => States.GetValueOrDefault(state);
}

/// <summary>Brings items and their coverage together for pages and API.</summary>
public sealed class ShowItems(ItemStore items, ControlStore controls, CoverageStore coverage)
{
    /// <summary>The items a person may see, narrowed, in clause order, with their coverage now.</summary>
    public async Task<IReadOnlyList<CoveredItem>> ListAsync(CurrentUser user, ItemFilter filter, CancellationToken ct = default)
    {
        var found = await items.ListAsync(user, filter, ct);
        var covered = await CoverAsync(found, ct);
        return filter.State is { } state ? [.. covered.Where(item => item.Coverage?.State == state)] : covered;
    }

    /// <summary>One item with its coverage now; null when it does not exist or is not for this person to see.</summary>
    public async Task<CoveredItem?> FindAsync(CurrentUser user, string framework, string itemRef, CancellationToken ct = default)
    {
        if (await items.FindAsync(user, framework, itemRef, ct) is not { } item)
        {
            return null;
        }
        var isCounted = (await controls.FrameworksAsync(ct)).Any(known => known.Key == framework && known.IsCounted);
        return new CoveredItem(item, isCounted ? await coverage.OfItemAsync(framework, itemRef, ct: ct) : null);
    }

    /// <summary>Every framework with the reader's items counted by state.</summary>
    public async Task<IReadOnlyList<FrameworkCoverage>> FrameworksAsync(CurrentUser user, CancellationToken ct = default)
    {
        var all = (await ListAsync(user, new ItemFilter(), ct)).ToLookup(item => item.Item.Framework);
        return [.. (await controls.FrameworksAsync(ct)).Select(framework => new FrameworkCoverage(framework, all[framework.Key].Count(),
            all[framework.Key].Where(item => item.Coverage is not null).CountBy(item => item.Coverage!.State).ToDictionary()))];
    }

    /// <summary>The coverage now of every item of the frameworks named, by framework and reference; frameworks that are not counted have none.</summary>
    public async Task<IReadOnlyDictionary<(string Framework, string Ref), ItemCoverage>> CoverageAsync(IEnumerable<string> frameworks, CancellationToken ct = default)
    {
        var wanted = frameworks.ToHashSet();
        var found = new Dictionary<(string, string), ItemCoverage>();
        var counted = (await controls.FrameworksAsync(ct)).Where(framework => framework.IsCounted && wanted.Contains(framework.Key));
        // Side by side: each takes its own connection, and the first page waits for all of them.
        foreach (var (framework, states) in await Task.WhenAll(counted.Select(async framework => (framework.Key, await coverage.OfFrameworkAsync(framework.Key, ct: ct)))))
        {
            foreach (var (itemRef, state) in states)
            {
                found[(framework, itemRef)] = state;
            }
        }
        return found;
    }

    private async Task<IReadOnlyList<CoveredItem>> CoverAsync(IReadOnlyList<Item> found, CancellationToken ct)
    {
        if (found.Count == 0)
        {
            return [];
        }
        var states = await CoverageAsync(found.Select(item => item.Framework), ct);
        return [.. found.Select(item => new CoveredItem(item, states.GetValueOrDefault((item.Framework, item.Ref))))];
    }
}
