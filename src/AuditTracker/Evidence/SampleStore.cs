using System.Runtime.CompilerServices;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Dapper;
using Npgsql;

namespace AuditTracker.Evidence;

/// <summary>What a use case needs of a sample it has locked.</summary>
internal sealed record HeldSample(long Id, long CollectionId, string State, long RowCount, string FileSha256, string RowsSha256, string? Seed, long? DrawnBy);

/// <summary>SQL of samples, as their readers may see them: whoever sees the collection.</summary>
public sealed class SampleStore(Db db)
{
    private const string By = "coalesce(p.name, nullif(a.name, ''), a.sign_in)";

    internal const string Columns = $"""
        s.id, s.collection_id, {CollectionScope.Title} as title, c.period_from, c.period_to, s.name, s.source, s.origin, s.completeness, s.as_of, {By} as by, s.taken_at, s.original_name, s.original_sha256, s.original_size,
        s.file_sha256, s.file_size, s.rows_sha256, s.row_count, s.columns::text as columns, s.state, s.basis, s.table_from, s.table_size, s.size, s.size_reason, s.seed, s.seed_from,
        (select {By} from accounts a left join people p on p.id = a.person_id where a.id = s.drawn_by) as drawn_by, s.drawn_at,
        s.closing, (select {By} from accounts a left join people p on p.id = a.person_id where a.id = s.closed_by) as closed_by, s.closed_at,
        (select d.destroyed_at from sample_destructions d where d.sample_id = s.id) as destroyed_at,
        n.done, n.conforming, n.observations, n.nonconforming, n.not_applicable, n.replaced,
        coalesce({CollectionScope.MayHandIn} and c.state in ('open', 'returned'), false) as may_work
        """;

    internal const string From = """
        from samples s join collections c on c.id = s.collection_id join request_versions v on v.request_id = c.request_id and v.version = c.version
        join accounts a on a.id = s.by_account left join people p on p.id = s.by_person
        cross join lateral (
            select count(x.result) filter (where r.replaced_at is null) as done, count(*) filter (where x.result = 'conforming') as conforming, count(*) filter (where x.result = 'observation') as observations,
                   count(*) filter (where x.result = 'nonconforming') as nonconforming, count(*) filter (where x.result = 'notApplicable') as not_applicable, count(r.replaced_at) as replaced
            from sample_rows r left join lateral (select o.result from sample_results o where o.row_id = r.id order by o.id desc limit 1) x on true
            where r.sample_id = s.id) n
        """;

    private const string RowColumns = $"""
        r.id, r.sample_id, r.place, r.row_number, r.cells::text as cells, coalesce(x.id, 0) as result_id, x.result, x.note, x.link, x.by, x.at,
        (select count(*) from sample_files f where f.row_id = r.id and f.removed_at is null) as files,
        r.replaced_at, (select {By} from accounts a left join people p on p.id = a.person_id where a.id = r.replaced_by) as replaced_by, r.replace_reason
        """;

    private const string RowFrom = $"""
        from sample_rows r join samples s on s.id = r.sample_id join collections c on c.id = s.collection_id
        left join lateral (select o.id, o.result, o.note, o.link, {By} as by, o.at from sample_results o join accounts a on a.id = o.by_account left join people p on p.id = o.by_person
            where o.row_id = r.id order by o.id desc limit 1) x on true
        """;

    /// <summary>The samples of a collection, newest first.</summary>
    public async Task<IReadOnlyList<Sample>> OfCollectionAsync(CurrentUser user, long collection, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<Sample>($"select {Columns} {From} where s.collection_id = @id and {CollectionScope.Condition} order by s.id desc limit 200", Parameters(user, collection), ct);
    }

    /// <summary>Null when it is not there or not the reader's to see.</summary>
    public async Task<Sample?> FindAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<Sample>($"select {Columns} {From} where s.id = @id and {CollectionScope.Condition}", Parameters(user, id), ct);
    }

    public async Task<ListPage<SampleRow>> RowsAsync(CurrentUser user, long sample, ListSlice slice, CancellationToken ct)
    {
        var parameters = Parameters(user, sample);
        var behind = slice.Behind(parameters);
        parameters["limit"] = slice.Limit;
        await using var connection = await db.OpenAsync(ct);
        return slice.Page(await connection.ListAsync<SampleRow>($"select {RowColumns} {RowFrom} where s.id = @id and {CollectionScope.Condition} {behind} order by {slice.OrderBy} limit @limit", parameters, ct), row => $"{row.Place}");
    }

    /// <summary>Every row in its order, read as they are taken.</summary>
    public async IAsyncEnumerable<SampleRow> AllRowsAsync(CurrentUser user, long sample, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        await foreach (var row in connection.QueryUnbufferedAsync<SampleRow>($"select {RowColumns} {RowFrom} where s.id = @id and {CollectionScope.Condition} order by r.place", Parameters(user, sample)).WithCancellation(ct))
        {
            yield return row;
        }
    }

    /// <summary>The names of the files of all rows, by row.</summary>
    public async Task<ILookup<long, SampleFile>> FilesOfAsync(CurrentUser user, long sample, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return (await connection.QueryAsync<(long Row, string FileName, string Sha256, long Size)>(new CommandDefinition($"""
            select r.id, f.file_name, f.sha256, f.size from sample_files f join sample_rows r on r.id = f.row_id join samples s on s.id = r.sample_id join collections c on c.id = s.collection_id
            where s.id = @id and f.removed_at is null and {CollectionScope.Condition} order by f.id
            """, Parameters(user, sample), cancellationToken: ct))).ToLookup(file => file.Row, file => new SampleFile(0, file.FileName, "", file.Size, file.Sha256, "", default));
    }

    /// <summary>A row, its files and its results, newest first; null when it is not there or not the reader's to see.</summary>
    public async Task<(SampleRow Row, IReadOnlyList<SampleFile> Files, IReadOnlyList<SampleResult> Results, long? Before, long? After)?> RowAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        if (await connection.FirstAsync<SampleRow>($"select {RowColumns} {RowFrom} where r.id = @id and {CollectionScope.Condition}", Parameters(user, id), ct) is not { } row)
        {
            return null;
        }
        var files = await connection.ListAsync<SampleFile>($"""
            select f.id, f.file_name, f.media_type, f.size, f.sha256, {By} as by, f.at from sample_files f join accounts a on a.id = f.by_account left join people p on p.id = f.by_person
            where f.row_id = @Id and f.removed_at is null order by f.id
            """, row, ct);
        var results = await connection.ListAsync<SampleResult>($"""
            select o.id, o.result, o.note, o.link, {By} as by, o.at from sample_results o join accounts a on a.id = o.by_account left join people p on p.id = o.by_person where o.row_id = @Id order by o.id desc
            """, row, ct);
        var (before, after) = await connection.FirstAsync<(long?, long?)>("""
            select (select r.id from sample_rows r where r.sample_id = @SampleId and r.place < @Place and r.replaced_at is null order by r.place desc limit 1),
                   (select r.id from sample_rows r where r.sample_id = @SampleId and r.place > @Place and r.replaced_at is null order by r.place limit 1)
            """, row, ct);
        return (row, files, results, before, after);
    }

    /// <summary>A row's file that may be sent.</summary>
    /// <exception cref="Refusal">The scanner found something in it.</exception>
    public async Task<SampleFile?> FileAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var file = await connection.FirstAsync<SampleFile>($"""
            select f.id, f.file_name, f.media_type, f.size, f.sha256, {By} as by, f.at
            from sample_files f join sample_rows r on r.id = f.row_id join samples s on s.id = r.sample_id join collections c on c.id = s.collection_id
            join accounts a on a.id = f.by_account left join people p on p.id = f.by_person where f.id = @id and f.removed_at is null and {CollectionScope.Condition}
            """, Parameters(user, id), ct);
        if (file is not null)
        {
            await CheckAsync(connection, file.Sha256, ct);
            _ = await connection.FirstAsync<bool>("select exists (select from sample_files f join sample_rows r on r.id = f.row_id join sample_destructions d on d.sample_id = r.sample_id where f.id = @Id and d.destroyed_at is not null)", file, ct)
                ? throw Refusal.Of<Words>("SampleDestroyed") : 0; // another may have the same bytes still
        }
        return file;
    }

    /// <summary>Nobody gets bytes that are in quarantine, or that were destroyed.</summary>
    public async Task CheckAsync(string sha256, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        await CheckAsync(connection, sha256, ct);
    }

    private static async Task CheckAsync(NpgsqlConnection connection, string sha256, CancellationToken ct)
    {
        if (await connection.FirstAsync<string>("select found from quarantines where sha256 = @sha256 and decision is distinct from 'released' order by id desc limit 1", new { sha256 }, ct) is { } found)
        {
            throw Refusal.Of<Words>("FileQuarantined", found);
        }
        if (await connection.FirstAsync<bool>("select exists (select from destroyed_blobs where sha256 = @sha256)", new { sha256 }, ct))
        {
            throw Refusal.Of<Words>("SampleDestroyed");
        }
    }

    /// <summary>The table of sizes that holds on a day.</summary>
    public async Task<IReadOnlyList<SampleSizeLine>> SizesAsync(DateOnly on, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<SampleSizeLine>(SizesSql, new { on }, ct);
    }

    internal const string SizesSql = "select valid_from, basis, up_to, size from sample_sizes where valid_from = (select max(valid_from) from sample_sizes where valid_from <= @on) order by basis, up_to nulls last";

    /// <summary>Locks the collection, as all who work it do, and the sample.</summary>
    /// <exception cref="NotFound">Not there, or not the user's to work.</exception>
    /// <exception cref="Refusal">The collection is not with its owner.</exception>
    internal static async Task<HeldSample> LockAsync(UnitOfWork work, CurrentUser user, long id, CancellationToken ct)
    {
        var collection = await work.FirstAsync<long?>($"select c.id from samples s join collections c on c.id = s.collection_id where s.id = @id and {CollectionScope.Condition}", Parameters(user, id), ct) ?? throw new NotFound();
        await LockCollectionAsync(work, user, collection, ct);
        if (await work.FirstAsync<bool>("select exists (select from sample_destructions where sample_id = @id and destroyed_at is not null)", new { id }, ct))
        {
            throw Refusal.Of<Words>("SampleDestroyed");
        }
        return (await work.FirstAsync<HeldSample>("select id, collection_id, state, row_count, file_sha256, rows_sha256, seed, drawn_by from samples where id = @id for update", new { id }, ct))!;
    }

    /// <inheritdoc cref="LockAsync"/>
    internal static async Task LockCollectionAsync(UnitOfWork work, CurrentUser user, long collection, CancellationToken ct)
    {
        var found = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayHandIn, ct) ?? throw new NotFound();
        if (found.State is not (CollectionState.Open or CollectionState.Returned))
        {
            throw Refusal.Of<Words>("SampleNotOpen");
        }
    }

    /// <summary>The sample a visible row belongs to.</summary>
    /// <exception cref="NotFound">Not there, or not the user's to see.</exception>
    internal static async Task<long> SampleOfAsync(UnitOfWork work, CurrentUser user, long row, CancellationToken ct) =>
        await work.FirstAsync<long?>($"select s.id from sample_rows r join samples s on s.id = r.sample_id join collections c on c.id = s.collection_id where r.id = @id and {CollectionScope.Condition}", Parameters(user, row), ct) ?? throw new NotFound();

    private static Dictionary<string, object?> Parameters(CurrentUser user, long id)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = id;
        return parameters;
    }
}
