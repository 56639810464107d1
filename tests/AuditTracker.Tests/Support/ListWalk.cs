using AuditTracker.Platform.Database;

namespace AuditTracker.Tests.Support;

/// <summary>Turns the pages of a list to its end and back.</summary>
internal static class ListWalk
{
    /// <summary>Either way through each order, the pages hold every row once, and going back shows the same pages again.</summary>
    /// <param name="read">A page of the list.</param>
    /// <returns>The ids of each order, ascending ones first.</returns>
    public static async Task<IReadOnlyList<IReadOnlyList<long>>> EveryAsync<T>(ListOrder[] orders, int size, Func<ListSlice, Task<ListPage<T>>> read, Func<T, long> id)
    {
        var found = new List<IReadOnlyList<long>>();
        foreach (var (order, descending) in new[] { false, true }.SelectMany(descending => orders.Select(order => (order, descending))))
        {
            var whole = (await read(new(order, descending, 1000))).Rows.Select(id).ToList();
            var page = await read(new(order, descending, size));
            var (walked, pages) = (page.Rows.Select(id).ToList(), new Stack<ListPage<T>>([page]));
            while (page.After is { } after)
            {
                pages.Push(page = await read(new(order, descending, size, after)));
                walked.AddRange(page.Rows.Select(id));
            }
            Assert.Equal(whole, walked);
            Assert.True(whole.Count > 2 * size && whole.Distinct().Count() == whole.Count, $"{order.Name}: {whole.Count} rows");
            for (pages.Pop(); page.Before is { } before; pages.Pop())
            {
                page = await read(new(order, descending, size, Before: before));
                Assert.Equal(pages.Peek().Rows.Select(id), page.Rows.Select(id));
            }
            Assert.Empty(pages);
            found.Add(whole);
        }
        return found;
    }
}
