using Microsoft.AspNetCore.Http.Extensions;

namespace AuditTracker.Platform.Web;

/// <summary>Addresses that keep the query of the page at hand: filters, order and place in a list live in the URL.</summary>
public static class Links
{
    /// <summary>The keys of the place in a list; a new filter or order starts from the beginning.</summary>
    private static readonly string[] Place = ["after", "before"];

    /// <summary>This page with one key set to a value, or removed when the value is null; the place in the list is forgotten.</summary>
    public static string With(this HttpRequest request, string key, string? value) =>
        Build(request, pair => pair.Key != key, value is null ? [] : [new(key, value)]);

    /// <summary>This page without one of the values of a key (a filter taken away).</summary>
    public static string Without(this HttpRequest request, string key, string? value) =>
        Build(request, pair => pair.Key != key || (value is not null && pair.Value != value), []);

    /// <summary>This page without any of these keys.</summary>
    public static string WithoutAll(this HttpRequest request, IEnumerable<string> keys)
    {
        var gone = keys.ToHashSet();
        return Build(request, pair => !gone.Contains(pair.Key), []);
    }

    /// <summary>The address of this page as the value of a <c>back</c> parameter.</summary>
    public static string BackHere(this HttpRequest request) =>
        Uri.EscapeDataString(HttpMethods.IsGet(request.Method) ? request.Path + request.QueryString.Value : request.Path);

    /// <summary>The page to go back to: the local path in <c>?back=</c>, or the one given here.</summary>
    public static string BackOr(this HttpRequest request, string otherwise) => LocalPath.Or(request.Query["back"], otherwise);

    private static string Build(HttpRequest request, Func<KeyValuePair<string, string>, bool> keep, IEnumerable<KeyValuePair<string, string>> more)
    {
        var pairs = request.Query
            .SelectMany(entry => entry.Value.Select(value => KeyValuePair.Create(entry.Key, value ?? "")))
            .Where(pair => pair.Value.Length > 0 && !Place.Contains(pair.Key) && keep(pair))
            .Concat(more);
        return request.PathBase + request.Path + new QueryBuilder(pairs).ToQueryString().Value;
    }
}
