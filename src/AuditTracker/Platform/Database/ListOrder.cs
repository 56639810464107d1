using System.Globalization;

namespace AuditTracker.Platform.Database;

/// <summary>One key of an order. The last key of an order is unique, so that rows that tie never change places between two pages.</summary>
/// <param name="Sql">The expression rows are ordered by; never null.</param>
/// <param name="Kept">What stands for it in a place of the list, a date or a whole number; null: the expression itself. Names never stand in an address.</param>
/// <param name="Restored">The expression's value again, from the parameter <c>{0}</c> that holds what was kept.</param>
/// <param name="IsDate">What is kept is a date.</param>
public sealed record SortKey(string Sql, string? Kept = null, string? Restored = null, bool IsDate = false);

/// <summary>An order a list may be put in.</summary>
/// <param name="Name">As in the address: <c>?sort=due</c>, and <c>-due</c> for the other way round.</param>
public sealed record ListOrder(string Name, params SortKey[] Keys)
{
    /// <summary>Where the address does not name it, the list begins at this order's end: the newest first.</summary>
    public bool IsNewestFirst { get; init; }

    /// <summary>Expression of a row's place, to be selected as <c>place</c>.</summary>
    public string Place => $"concat_ws('_', {string.Join(", ", Keys.Select(key => key.Kept ?? key.Sql))})";

    /// <summary>The values of a place, or null when the text is none of this order's.</summary>
    public object[]? Read(string text)
    {
        var parts = text.StartsWith(Name + ".", StringComparison.Ordinal) ? text[(Name.Length + 1)..].Split('_') : [];
        if (parts.Length != Keys.Length)
        {
            return null;
        }
        var values = parts.Zip(Keys, Read).OfType<object>().ToArray();
        return values.Length == Keys.Length ? values : null;
    }

    private static object? Read(string part, SortKey key) =>
        key.IsDate ? DateOnly.TryParseExact(part, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null
        : long.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>Which part of a list is wanted: an order, either way through it, and a place to go on from.</summary>
/// <param name="After">The place of the row the part begins behind.</param>
/// <param name="Before">The place of the row it ends in front of; used when <paramref name="After"/> is null.</param>
public sealed record ListSlice(ListOrder Order, bool Descending, int Size, string? After = null, string? Before = null)
{
    // Without a place to come back from, the list is read from its beginning.
    private bool IsBackwards => After is null && Place is not null;
    private object[]? Place => (After ?? Before) is { } text ? Order.Read(text) : null;

    /// <summary>A place was named that is none of this list: it starts from the beginning, and the page says so.</summary>
    public bool IsLost => (After ?? Before) is not null && Place is null;

    /// <summary>The condition that leaves out what lies on the other side of the place; empty on the first page.</summary>
    /// <param name="parameters">Gets the values of the place.</param>
    public string Behind(IDictionary<string, object?> parameters)
    {
        if (Place is not { } place)
        {
            return "";
        }
        var (than, values) = (Descending != IsBackwards ? '<' : '>', new List<string>());
        foreach (var (key, index) in Order.Keys.Select((key, index) => (key, index)))
        {
            parameters[$"place{index}"] = place[index];
            values.Add(key.Restored is { } restored ? string.Format(CultureInfo.InvariantCulture, restored, $"@place{index}") : $"@place{index}");
        }
        // Keys of several tables are no one index; the first alone lets its table's index begin at the right row.
        var first = Order.Keys[0].Restored is null ? "" : $" and {Order.Keys[0].Sql} {than}= {values[0]}";
        return $"and ({string.Join(", ", Order.Keys.Select(key => key.Sql))}) {than} ({string.Join(", ", values)}){first}";
    }

    /// <summary>The expressions of <c>order by</c>, as this part has to be read.</summary>
    public string OrderBy => string.Join(", ", Order.Keys.Select(key => key.Sql + (Descending != IsBackwards ? " desc" : "")));

    /// <summary>How many rows to read: one more than shown tells whether the list goes on.</summary>
    public int Limit => Size + 1;

    /// <summary>The page of a list that is reckoned and stands in memory.</summary>
    /// <param name="rows">All of it, in any order.</param>
    /// <param name="keys">A row's values of the order's keys, all whole numbers.</param>
    public ListPage<T> Of<T>(IEnumerable<T> rows, Func<T, long[]> keys)
    {
        var isDown = Descending != IsBackwards;
        var ordered = Ordered(rows, keys, isDown);
        if (Place is { } place)
        {
            long[] at = [.. place.Cast<long>()];
            ordered = ordered.Where(row => keys(row).AsSpan().SequenceCompareTo(at) is var side && (isDown ? side < 0 : side > 0));
        }
        return Page([.. ordered.Take(Limit)], row => string.Join('_', keys(row)));
    }

    /// <summary>All of a list that stands in memory, in this order.</summary>
    /// <inheritdoc cref="Of"/>
    public IEnumerable<T> All<T>(IEnumerable<T> rows, Func<T, long[]> keys) => Ordered(rows, keys, Descending);

    private static IEnumerable<T> Ordered<T>(IEnumerable<T> rows, Func<T, long[]> keys, bool isDown)
    {
        var compare = Comparer<long[]>.Create((one, other) => one.AsSpan().SequenceCompareTo(other));
        return isDown ? rows.OrderByDescending(keys, compare) : rows.OrderBy(keys, compare);
    }

    /// <summary>The page made of what was read.</summary>
    /// <param name="place">The row's <see cref="ListOrder.Place"/>.</param>
    public ListPage<T> Page<T>(IReadOnlyList<T> found, Func<T, string> place)
    {
        var more = found.Count > Size;
        var rows = found.Take(Size).ToList();
        if (IsBackwards)
        {
            rows.Reverse();
        }
        string Of(T row) => $"{Order.Name}.{place(row)}";
        return rows.Count == 0 ? new(rows, null, null)
            : new(rows, (IsBackwards ? more : Place is not null) ? Of(rows[0]) : null, IsBackwards || more ? Of(rows[^1]) : null);
    }
}

/// <summary>A page of a list with the places of the pages beside it; null where there is nothing more.</summary>
public sealed record ListPage<T>(IReadOnlyList<T> Rows, string? Before, string? After);
