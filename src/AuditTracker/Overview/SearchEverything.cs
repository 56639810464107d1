using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AuditTracker.Controls;
using AuditTracker.Evidence;
using AuditTracker.People;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Overview;

/// <summary>Items of a framework that were found.</summary>
public sealed record FoundItems(Framework Framework, int Count);

/// <summary>What a search found, at most <see cref="SearchEverything.Most"/> of each; counts exact to 10,000.</summary>
/// <param name="ItemsByFramework">Where the lists of all of them are.</param>
/// <param name="Files">By name, or by the first digits of a hash; null when the text is too short for that.</param>
public sealed record Found(IReadOnlyList<Item> Items, IReadOnlyList<FoundItems> ItemsByFramework, IReadOnlyList<RequestRow> Requests, long RequestCount,
    IReadOnlyList<PersonRow> People, long PeopleCount, IReadOnlyList<FoundFile>? Files, bool MoreFiles)
{
    public bool IsNothing => Items.Count == 0 && Requests.Count == 0 && People.Count == 0 && Files is not { Count: > 0 };
}

/// <summary>One box for everything: items, requests, people, numbers, files. Each part is the list's own search, so that "all" shows the same rows.</summary>
public sealed partial class SearchEverything(ItemStore items, ControlStore controls, RequestStore requests, PeopleList people, CollectionStore collections, SearchStore files)
{
    public const int Most = 5;

    /// <summary>The collection whose number this is (C-20931, any width or case), if the reader may see it.</summary>
    public async Task<long?> NumberAsync(CurrentUser user, string text, CancellationToken ct) =>
        Number().Match(Width(text)) is { Success: true } match && long.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out var id)
            ? (await collections.FindAsync(user, id, ct))?.Id : null;

    public async Task<Found> RunAsync(CurrentUser user, string text, CancellationToken ct)
    {
        var item = items.ListAsync(user, new ItemFilter(Words: text), ct);
        var request = requests.PageAsync(user, new RequestFilter(text), new ListSlice(RequestOrders.Added, Descending: false, Most), ct);
        var person = people.PageAsync(user, new PeopleFilter(Search: text), null, Most, ct);
        var file = FilesAsync(user, text, ct);
        var (foundItems, foundRequests, foundPeople, foundFiles) = (await item, await request, (await person).Rows, await file);
        return new(
            [.. foundItems.Take(Most)], await ByFrameworkAsync(foundItems, ct),
            foundRequests.Rows, foundRequests.After is null ? foundRequests.Rows.Count : await requests.CountAsync(user, new RequestFilter(text), ShowToday.Cap, ct),
            foundPeople, foundPeople.Count < Most ? foundPeople.Count : await people.CountAsync(user, new PeopleFilter(Search: text), ct),
            foundFiles is null ? null : [.. foundFiles.Take(Most)], foundFiles?.Count > Most);
    }

    private async Task<IReadOnlyList<FoundItems>> ByFrameworkAsync(IReadOnlyList<Item> found, CancellationToken ct)
    {
        var counts = found.CountBy(item => item.Framework).ToDictionary();
        return counts.Count == 0 ? [] : [.. (await controls.FrameworksAsync(ct)).Where(framework => counts.ContainsKey(framework.Key)).Select(framework => new FoundItems(framework, counts[framework.Key]))];
    }

    private async Task<IReadOnlyList<FoundFile>?> FilesAsync(CurrentUser user, string text, CancellationToken ct)
    {
        if (Hash().Match(Width(text)) is { Success: true } hash)
        {
            var byHash = await files.FilesByHashAsync(user, hash.Value.ToLowerInvariant(), Most + 1, ct);
            if (byHash.Count > 0)
            {
                return byHash;
            }
        }
        return text.Length < 2 ? null : await files.FilesByNameAsync(user, text, Most + 1, ct);
    }

    private static string Width(string text) => text.Normalize(NormalizationForm.FormKC).Trim();

    [GeneratedRegex(@"\AC-?(\d{1,18})\z", RegexOptions.IgnoreCase)]
    private static partial Regex Number();

    [GeneratedRegex(@"\A[0-9a-f]{8,64}\z", RegexOptions.IgnoreCase)]
    private static partial Regex Hash();
}
