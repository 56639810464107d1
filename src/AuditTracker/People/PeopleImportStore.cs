using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.People;

/// <summary>An uploaded file: waiting, applied with its totals, or abandoned (neither content nor totals).</summary>
public sealed class PeopleImport
{
    public long Id { get; init; }
    public string FileName { get; init; } = "";
    public byte[]? Content { get; init; }
    public DateTime CreatedAt { get; init; }
    public DateTime? AppliedAt { get; init; }
    public DateOnly? EffectiveOn { get; init; }
    public int? Added { get; init; }
    public int? Changed { get; init; }
    public int? Leaving { get; init; }
    public int? Missing { get; init; }
    public int? Unchanged { get; init; }

    /// <summary>The sheet of a workbook that somebody chose.</summary>
    public string? Sheet { get; init; }

    public string? Layout { get; init; }

    /// <summary>How many lines with errors were left out.</summary>
    public int? Skipped { get; init; }

    /// <summary>What the columns hold, if somebody chose.</summary>
    public IReadOnlyList<PeopleField?>? ChosenColumns => ColumnMap.Read(Layout);

    public ImportTotals? Totals => AppliedAt is null ? null : new(Added!.Value, Changed!.Value, Leaving!.Value, Missing!.Value, Unchanged!.Value);
}

/// <summary>SQL of uploaded files. The secretariat shares them: any compliance manager may look at one and apply it.</summary>
public sealed class PeopleImportStore(Db db)
{
    private const string Columns = "id, file_name, content, created_at, applied_at, effective_on, added, changed, leaving, missing, unchanged, sheet, layout, skipped";

    /// <summary>Keeps a file for its preview; earlier ones of this account and those older than a week lose their content.</summary>
    public static async Task<long> AddAsync(UnitOfWork work, string fileName, byte[] content, string sha256, long? account, CancellationToken ct, string kind = "people")
    {
        await work.ExecuteAsync("update people_imports set content = null where content is not null and (by_account = @account or created_at < @Now - interval '7 days')", new { account, work.Now }, ct);
        return await AddRowAsync(work, fileName, content, sha256, account, ct, kind);
    }

    /// <summary>A row for a file that is applied at once.</summary>
    public static async Task<long> AddRowAsync(UnitOfWork work, string fileName, byte[]? content, string sha256, long? account, CancellationToken ct, string kind = "people") =>
        await work.FirstAsync<long>("""
            insert into people_imports (file_name, content, sha256, by_account, created_at, kind) values (@fileName, @content, @sha256, @account, @Now, @kind) returning id
            """, new { kind, fileName, content, sha256, account, work.Now }, ct);

    public async Task<PeopleImport?> FindAsync(CurrentUser user, long id, CancellationToken ct, string kind = "people")
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<PeopleImport>($"select {Columns} from people_imports where id = @id and kind = @kind and @isManager", new { id, kind, isManager = user.Is(Role.ComplianceManager) }, ct);
    }

    /// <summary>The last files that were applied, newest first, without their content.</summary>
    public async Task<IReadOnlyList<PeopleImport>> AppliedAsync(CurrentUser user, int limit, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<PeopleImport>($"""
            select {Columns.Replace("content, ", "", StringComparison.Ordinal)} from people_imports where applied_at is not null and kind = 'people' and @isManager order by applied_at desc, id desc limit @limit
            """, new { limit, isManager = user.Is(Role.ComplianceManager) }, ct);
    }

    /// <summary>How a waiting file is to be read from now on.</summary>
    public static Task<int> SetReadingAsync(UnitOfWork work, CurrentUser user, long id, string? sheet, IReadOnlyList<PeopleField?>? layout, CancellationToken ct) => work.ExecuteAsync("""
        update people_imports set sheet = @sheet, layout = @layout where id = @id and applied_at is null and content is not null and @isManager
        """, new { id, sheet, layout = layout is null ? null : ColumnMap.Write(layout), isManager = user.Is(Role.ComplianceManager) }, ct);

    /// <summary>Remembers what the columns of files with these heads hold.</summary>
    public static Task RememberAsync(UnitOfWork work, IReadOnlyList<string> headers, IReadOnlyList<PeopleField?> layout, long? account, CancellationToken ct) => work.ExecuteAsync("""
        insert into people_column_maps (headers_key, headers, layout, by_account, at) values (@key, @heads, @layout, @account, @Now)
        on conflict (headers_key) do update set layout = excluded.layout, by_account = excluded.by_account, at = excluded.at where people_column_maps.layout <> excluded.layout
        """, new { key = PeopleColumns.SetKey(headers), heads = string.Join('\n', headers), layout = ColumnMap.Write(layout), account, work.Now }, ct);

    /// <summary>What was chosen for these heads before, or null.</summary>
    public static async Task<IReadOnlyList<PeopleField?>?> RememberedAsync(UnitOfWork work, IReadOnlyList<string> headers, CancellationToken ct) =>
        ColumnMap.Read(await work.FirstAsync<string>("select layout from people_column_maps where headers_key = @key", new { key = PeopleColumns.SetKey(headers) }, ct));

    public static async Task<PeopleImport?> LockAsync(UnitOfWork work, CurrentUser user, long id, CancellationToken ct, string kind = "people") =>
        await work.FirstAsync<PeopleImport>($"select {Columns} from people_imports where id = @id and kind = @kind and @isManager for update", new { id, kind, isManager = user.Is(Role.ComplianceManager) }, ct);

    public static Task SetAppliedAsync(UnitOfWork work, long id, DateOnly effectiveOn, ImportTotals totals, int skipped, CancellationToken ct) => work.ExecuteAsync("""
        update people_imports set applied_at = @Now, content = null, effective_on = @effectiveOn, added = @Added, changed = @Changed, leaving = @Leaving, missing = @Missing, unchanged = @Unchanged, skipped = @skipped
        where id = @id
        """, new { id, work.Now, effectiveOn, totals.Added, totals.Changed, totals.Leaving, totals.Missing, totals.Unchanged, skipped }, ct);

    public static Task<int> AbandonAsync(UnitOfWork work, CurrentUser user, long id, CancellationToken ct) =>
        work.ExecuteAsync("update people_imports set content = null where id = @id and applied_at is null and @isManager", new { id, isManager = user.Is(Role.ComplianceManager) }, ct);
}
