using AuditTracker.Controls;
using AuditTracker.Evidence;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;

namespace AuditTracker.Overview;

/// <summary>What may be missing in the arrangements.</summary>
public enum GapKind { Request, Owner, Mapping }

/// <summary>Another item that a missing one is paired with, and the running requests that serve that one.</summary>
/// <param name="Requests">Those the reader sees.</param>
public sealed record Pairing(CoveredItem Item, bool IsEquivalent, IReadOnlyList<RunningRequest> Requests);

/// <summary>An applicable item that nobody is asked for.</summary>
/// <param name="By">The items paired with it that somebody is asked for, equivalent ones first.</param>
public sealed record MissingItem(Item Item, IReadOnlyList<Pairing> By);

/// <summary>The gaps in the arrangements, as far as the reader sees.</summary>
/// <param name="NoRequest">Every item whose coverage is missing, in clause order.</param>
/// <param name="NoOwner">How many running requests there are whose owner left or is on leave, exact to <see cref="ListQuery.Exact"/>.</param>
public sealed record Gaps(IReadOnlyList<Framework> Frameworks, Framework? Framework, IReadOnlyList<MissingItem> NoRequest, long NoOwner)
{
    /// <summary>Those of <see cref="NoRequest"/> that only the mapping speaks for.</summary>
    public IEnumerable<MissingItem> OnlyMapped => NoRequest.Where(missing => missing.By.Count > 0);

    public long Count(GapKind kind) => kind switch { GapKind.Request => NoRequest.Count, GapKind.Owner => NoOwner, _ => OnlyMapped.Count() };

    /// <summary>The count as it is written where only a number has room.</summary>
    public string Number(GapKind kind) => Count(kind) is var count && count > ListQuery.Exact ? "10,000+" : $"{count}";

    /// <summary>A missing item's keys in <see cref="GapOrders.Item"/>.</summary>
    public long[] Place(MissingItem missing) => [Frameworks.TakeWhile(known => known.Key != missing.Item.Framework).Count(), missing.Item.Position];
}

/// <summary>An entry of the library and the missing items it would serve.</summary>
/// <param name="InUse">A running request made from it, which then leaves those items out.</param>
public sealed record EntryForGaps(LibraryEntry Entry, IReadOnlyList<Item> Serves, RunningRequest? InUse);

/// <summary>What the library has for missing items: its entries, and the items no entry names.</summary>
public sealed record LibraryForGaps(IReadOnlyList<EntryForGaps> Entries, IReadOnlyList<Item> Without);

/// <summary>What nobody is asked for, what nobody owns, and what stands on the mapping alone; and what the library has for it.</summary>
public sealed class ShowGaps(ShowItems items, ControlStore controls, GapStore gaps, Library library)
{
    /// <param name="framework">Only this one; null or unknown: all.</param>
    public async Task<Gaps> RunAsync(CurrentUser user, string? framework, CancellationToken ct) => await OfAsync(user, await items.ListAsync(user, new ItemFilter(), ct), framework, ct);

    /// <summary>The same of items that were read already.</summary>
    /// <param name="listed">Every item the reader sees.</param>
    public async Task<Gaps> OfAsync(CurrentUser user, IReadOnlyList<CoveredItem> listed, string? framework, CancellationToken ct)
    {
        var all = listed.Where(item => item.Coverage is not null).ToList();
        var seen = all.Select(item => item.Item.Framework).ToHashSet();
        var frameworks = (await controls.FrameworksAsync(ct)).Where(known => seen.Contains(known.Key)).ToList();
        var chosen = frameworks.Find(known => known.Key == framework);
        var missing = all.Where(item => item.Coverage!.State == CoverageState.Missing && (chosen is null || item.Item.Framework == chosen.Key)).ToList();
        var byKey = all.ToDictionary(item => (item.Item.Framework, item.Item.Ref));
        var pairs = (await gaps.PairsAsync(ct)).SelectMany(pair => new[] { pair, new ItemPair(pair.ToFramework, pair.ToRef, pair.FromFramework, pair.FromRef, pair.Strength) })
            .Where(pair => byKey.TryGetValue((pair.ToFramework, pair.ToRef), out var other) && other.Coverage!.Requests.Count > 0 && other.Coverage.State != CoverageState.Excluded)
            .ToLookup(pair => (pair.FromFramework, pair.FromRef));
        var serving = missing.SelectMany(item => pairs[(item.Item.Framework, item.Item.Ref)]).SelectMany(pair => byKey[(pair.ToFramework, pair.ToRef)].Coverage!.Requests).Select(request => request.RequestId);
        var requests = (await gaps.RequestsAsync(user, serving, ct)).ToDictionary(request => request.Id);
        return new(frameworks, chosen, [.. missing.Select(item => new MissingItem(item.Item, PairedWith(item.Item)))], await gaps.CountOwnerlessAsync(user, chosen?.Key, ct));

        IReadOnlyList<Pairing> PairedWith(Item item) => [.. pairs[(item.Framework, item.Ref)].GroupBy(pair => (pair.ToFramework, pair.ToRef))
            .Select(group => new Pairing(byKey[group.Key], group.Any(pair => pair.Strength == "equivalent"),
                [.. byKey[group.Key].Coverage!.Requests.Where(request => requests.ContainsKey(request.RequestId)).Select(request => requests[request.RequestId])]))
            .OrderByDescending(pairing => pairing.IsEquivalent)];
    }

    /// <summary>What the library has for these items.</summary>
    public async Task<LibraryForGaps> LibraryAsync(CurrentUser user, IReadOnlyList<Item> missing, CancellationToken ct) =>
        Match(library.Subjects.SelectMany(subject => subject.Requests), missing, await gaps.RunningByEntryAsync(user, ct));

    /// <summary>Every entry that names one of the items, in the library's order, and the items none of them names.</summary>
    public static LibraryForGaps Match(IEnumerable<LibraryEntry> entries, IReadOnlyList<Item> missing, IReadOnlyDictionary<string, RunningRequest> inUse)
    {
        var found = entries.Select(entry => (entry, Serves: missing.Where(item => entry.Items.Contains(KeyOf(item))).ToList())).Where(pair => pair.Serves.Count > 0)
            .Select(pair => new EntryForGaps(pair.entry, pair.Serves, inUse.GetValueOrDefault(pair.entry.Id))).ToList();
        var served = found.SelectMany(entry => entry.Serves).ToHashSet();
        return new(found, [.. missing.Where(item => !served.Contains(item))]);
    }

    /// <summary><c>framework:ref</c>, as requests and addresses name an item.</summary>
    public static string KeyOf(Item item) => $"{item.Framework}:{item.Ref}";
}
