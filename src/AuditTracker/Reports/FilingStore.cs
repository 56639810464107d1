using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Training;

namespace AuditTracker.Reports;

/// <summary>A matter that was closed and filed its papers by itself.</summary>
/// <param name="Subject">As in the trail: <c>trainingCampaign:5</c>.</param>
/// <param name="State">Of the building: queued, done or failed.</param>
/// <param name="HandedIn">Collections it was handed in to; none is a gap.</param>
/// <param name="Refused">Collections that did not take it.</param>
/// <param name="MayTake">The reader may open the paper, and not only know of it.</param>
public sealed record FilingRow(long Id, string Report, string Subject, string Title, DateTime CutoffAt, string By, DateTime At, string State, int HandedIn, int Refused, string? FileName, string? Sha256, long? Size, string Place, bool MayTake)
{
    public bool IsGap => State == "done" && HandedIn == 0;
}

/// <summary>An item it is evidence for.</summary>
/// <param name="Collections">Collections of the filing that name the item and took it.</param>
public sealed record FilingItem(string Framework, string Ref, string OfficialRef, string TitleJa, string TitleEn, int Collections)
{
    public string Title(string language) => language == "en" ? TitleEn : TitleJa;
}

/// <summary>Where it went, or why not.</summary>
/// <param name="Problem">A key of Evidence's words; empty: it was taken.</param>
public sealed record FilingHandIn(long CollectionId, string Title, DateOnly PeriodFrom, DateOnly PeriodTo, string State, string Problem, DateTime At);

/// <summary>The same paper as of another instant.</summary>
public sealed record FilingPaper(long Id, DateTime CutoffAt, string Language, string RequestedBy, DateTime CreatedAt, string State, string? Error, string? FileName, string? Sha256, long? Size);

/// <summary>Reads of what was filed. Who may: as with reports (<see cref="ReportRunStore.Readers"/>); for everybody else there is nothing.</summary>
public sealed class FilingStore(Db db)
{
    public static readonly ListOrder[] Orders = [new("at", new SortKey("f.id")) { IsNewestFirst = true }];

    /// <summary>Whether the paper of a filing (alias <c>f</c>) is for this reader: a training's names everybody with state and score, which is for those who see people there.</summary>
    internal const string MayTake = $"(f.report <> '{CloseCampaign.Report}' or @seesPeople)";

    private const string Columns = """
        f.id, f.report, f.subject, f.title, f.cutoff_at, coalesce(p.name, nullif(a.name, ''), a.sign_in) as by, f.at, coalesce(b.state, 'queued') as state, coalesce(b.handed_in, 0) as handed_in,
        (select count(*)::int from filing_hand_ins h where h.filing_id = f.id and h.submission_id is null) as refused, b.file_name, b.sha256, b.size
        """;

    private const string From = "from filings f join accounts a on a.id = f.by_account left join people p on p.id = a.person_id left join filing_builds b on b.filing_id = f.id";

    /// <param name="subject">Only what is about this; null: everything.</param>
    public async Task<ListPage<FilingRow>> PageAsync(CurrentUser user, string? subject, ListSlice slice, CancellationToken ct)
    {
        var parameters = Of(user);
        parameters["subject"] = subject;
        var behind = slice.Behind(parameters);
        parameters["limit"] = slice.Limit;
        await using var connection = await db.OpenAsync(ct);
        var rows = await connection.ListAsync<FilingRow>($"select {Columns}, {slice.Order.Place} as place, {MayTake} as may_take {From} where @mayRead and (@subject::text is null or f.subject = @subject) {behind} order by {slice.OrderBy} limit @limit", parameters, ct);
        return slice.Page(rows, row => row.Place);
    }

    public async Task<long> CountAsync(CurrentUser user, string? subject, CancellationToken ct)
    {
        var parameters = Of(user);
        parameters["subject"] = subject;
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long>($"select count(*) from (select from filings f where @mayRead and (@subject::text is null or f.subject = @subject) limit {Platform.Web.ListQuery.Cap}) counted", parameters, ct);
    }

    /// <summary>One, or null when there is none for this reader.</summary>
    public async Task<FilingRow?> FindAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<FilingRow>($"select {Columns}, '' as place, {MayTake} as may_take {From} where f.id = @id and @mayRead", Of(user, id), ct);
    }

    public async Task<IReadOnlyList<FilingItem>> ItemsAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<FilingItem>("""
            select i.framework, i.ref, i.official_ref, i.title_ja, i.title_en,
                   (select count(*)::int from filing_hand_ins h join collections c on c.id = h.collection_id
                    where h.filing_id = f.filing_id and h.submission_id is not null
                      and exists (select from request_items r where r.request_id = c.request_id and r.version = c.version and (r.framework, r.ref) = (f.framework, f.ref))) as collections
            from filing_items f join items i on (i.framework, i.ref) = (f.framework, f.ref)
            where f.filing_id = @id and @mayRead order by i.framework, i.position
            """, Of(user, id), ct);
    }

    public async Task<IReadOnlyList<FilingHandIn>> HandInsAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<FilingHandIn>($"""
            select h.collection_id, {Evidence.CollectionScope.Title} as title, c.period_from, c.period_to, c.state, h.problem, h.at
            from filing_hand_ins h join collections c on c.id = h.collection_id join request_versions v on v.request_id = c.request_id and v.version = c.version
            where h.filing_id = @id and @mayRead order by h.collection_id limit 500
            """, Of(user, id), ct);
    }

    /// <summary>Those built again, the newest first.</summary>
    public async Task<IReadOnlyList<FilingPaper>> PapersAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<FilingPaper>("""
            select r.id, r.cutoff_at, r.language, coalesce(p.name, nullif(a.name, ''), a.sign_in) as requested_by, r.created_at, r.state, r.error, r.file_name, r.sha256, r.size
            from filing_papers r join accounts a on a.id = r.requested_by left join people p on p.id = a.person_id
            where r.filing_id = @id and @mayRead order by r.id desc limit 50
            """, Of(user, id), ct);
    }

    private static Dictionary<string, object?> Of(CurrentUser user, long? id = null) => new() { ["id"] = id, ["mayRead"] = ReportRunStore.MayRead(user), ["seesPeople"] = TrainingScope.SeesPeople(user) };

    internal static Dictionary<string, object?> Of(CurrentUser user, long filing, long? paper) => new(Of(user)) { ["filing"] = filing, ["paper"] = paper };
}
