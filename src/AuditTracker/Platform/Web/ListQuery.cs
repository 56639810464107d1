using AuditTracker.Platform.Database;

namespace AuditTracker.Platform.Web;

/// <summary>What the address of a list says: order and place. The filters are the page's own.</summary>
public static class ListQuery
{
    /// <summary>Rows of a page.</summary>
    public const int Size = 50;

    /// <summary>Counts are exact to here; beyond it a list says so and a bulk act asks for a narrower filter.</summary>
    public const int Exact = 10_000;

    /// <summary>The limit of a counting statement: one more than exact.</summary>
    public const int Cap = Exact + 1;

    /// <summary>Keys of the address that are no filters.</summary>
    private static readonly string[] NoFilters = ["sort", "after", "before", "handler", "back", "id", "all", "act", "seen"];

    /// <summary>The part of the list this address asks for; column heads, pager and found-line show the same.</summary>
    /// <param name="orders">The orders the list knows; the first is its own. One that is not known is that.</param>
    public static ListSlice Slice(this HttpRequest request, params ReadOnlySpan<ListOrder> orders)
    {
        var asked = request.Query["sort"].ToString();
        var order = orders[0];
        foreach (var known in orders)
        {
            order = known.Name == asked.TrimStart('-') ? known : order;
        }
        static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
        var isNamed = order.Name == asked.TrimStart('-');
        var slice = new ListSlice(order, isNamed ? asked.StartsWith('-') : order.IsNewestFirst, Size, Given(request.Query["after"]), Given(request.Query["before"]));
        request.HttpContext.Items[typeof(ListSlice)] = slice;
        return slice;
    }

    /// <summary>The slice that <see cref="Slice"/> read for this page, or null.</summary>
    internal static ListSlice? Sliced(this HttpContext http) => http.Items[typeof(ListSlice)] as ListSlice;

    /// <summary>The filters in the address, as they go with a selection to the page that checks it.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Filters(this HttpRequest request) => request.Query
        .Where(entry => !NoFilters.Contains(entry.Key)).SelectMany(entry => entry.Value.Select(value => KeyValuePair.Create(entry.Key, value ?? ""))).Where(pair => pair.Value.Length > 0);
}
