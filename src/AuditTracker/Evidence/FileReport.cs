using AuditTracker.Platform.Database;

namespace AuditTracker.Evidence;

/// <summary>
/// Asks for a report to be built and handed in to the open collections of the items it serves. A room says so in the transaction that closes its matter; Reports takes every filing
/// without a counterpart of its own (design §3: nothing calls upward).
/// </summary>
public static class FileReport
{
    /// <param name="byAccount">Whose hand-in it will be: a compliance manager's.</param>
    /// <param name="report">Which report, as Reports knows it: <c>training</c>.</param>
    /// <param name="subject">What it is about, as in the trail; the same again is filed once.</param>
    /// <param name="cutoffAt">As of when it is built; UTC, business clock.</param>
    /// <param name="items"><c>framework:ref</c>; those no catalogue has are left out.</param>
    /// <returns>The filing, or null when it was filed before.</returns>
    public static async Task<long?> RunAsync(UnitOfWork work, long byAccount, string report, string subject, string title, DateTime cutoffAt, IReadOnlyList<string> items, CancellationToken ct = default)
    {
        var id = await work.FirstAsync<long?>("insert into filings (report, subject, title, cutoff_at, by_account, at) values (@report, @subject, @title, @cutoffAt, @byAccount, @Now) on conflict do nothing returning id",
            new { report, subject, title, cutoffAt, byAccount, work.Now }, ct);
        if (id is { } filing)
        {
            await work.ExecuteAsync("""
                insert into filing_items (filing_id, framework, ref) select @filing, i.framework, i.ref from items i where i.framework || ':' || i.ref = any(@items) and not i.is_group on conflict do nothing
                """, new { filing, items = items.ToArray() }, ct);
        }
        return id;
    }
}
