using System.Runtime.CompilerServices;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Dapper;

namespace AuditTracker.Evidence;

/// <summary>What retention destroys: the view of its terms, the table of its proofs, and what both call it by.</summary>
public sealed record Destroyable(string Name, string Terms, string Proofs, string Id)
{
    public static readonly Destroyable Files = new("files", "file_terms", "destructions", "evidence_id");

    /// <summary>Populations of samples with the files of their rows.</summary>
    public static readonly Destroyable Samples = new("samples", "sample_terms", "sample_destructions", "sample_id");

    public ListOrder Order { get; } = new("keep", new("f.keep_until", IsDate: true), new SortKey($"f.{Id}"));

    /// <summary>As an address names it; anything else: files.</summary>
    public static Destroyable Of(string? name) => name == Samples.Name ? Samples : Files;
}

/// <summary>A file, or a sample, whose term has ended, or that was destroyed.</summary>
public sealed class DueFile
{
    public long Id { get; init; }
    public string FileName { get; init; } = "";
    public long Size { get; init; }
    public string Sha256 { get; init; } = "";
    public long CollectionId { get; init; }
    public string Title { get; init; } = "";
    public DateOnly PeriodFrom { get; init; }
    public DateOnly PeriodTo { get; init; }
    public string ClassJa { get; init; } = "";
    public string ClassEn { get; init; } = "";
    public int Months { get; init; }
    public DateOnly RuleFrom { get; init; }
    public DateOnly KeepUntil { get; init; }
    public string? HoldReason { get; init; }
    public string? ApprovedBy { get; init; }
    public DateTime? ApprovedAt { get; init; }
    public string? Reason { get; init; }
    public DateTime? DestroyedAt { get; init; }

    /// <summary>The stored bytes are gone too; false: another file has the same ones; null: not destroyed, or still to be removed.</summary>
    public bool? BytesGone { get; init; }
    public string? BytesWord => DestroyedAt is null ? null : BytesGone switch { true => "BytesAreGone", false => "BytesAreShared", _ => "BytesToGo" };
    public string Place { get; init; } = "";
    public string Class(string language) => language == "en" ? ClassEn : ClassJa;
}

/// <summary>A rule in force today, or one that is to come.</summary>
public sealed record RetentionRule(string Class, DateOnly ValidFrom, string NameJa, string NameEn, int Months, string BasisJa, string BasisEn)
{
    public string Name(string language) => language == "en" ? NameEn : NameJa;
    public string Basis(string language) => language == "en" ? BasisEn : BasisJa;
}

/// <summary>A hold (legal, or for an audit).</summary>
public sealed record RetentionHold(long Id, long? RequestId, string? RequestTitle, long? CollectionId, string? CollectionTitle, string? Framework, string Reason, string By, DateTime At, DateTime? ReleasedAt, string? ReleasedBy, string? ReleaseReason);

/// <summary>Reads what is due for destruction and what was destroyed; for compliance managers only.</summary>
public sealed class DueFiles(Db db)
{
    public static readonly string[] States = ["due", "held", "approved", "destroyed"];

    private static string Columns(Destroyable of) => $"""
        f.{of.Id} as id, f.file_name, f.size, f.sha256, f.collection_id, v.title, c.period_from, c.period_to, coalesce(said.name_ja, f.name_ja) as class_ja, coalesce(said.name_en, f.name_en) as class_en,
        coalesce(d.months, f.months) as months, coalesce(d.rule_from, f.rule_from) as rule_from, coalesce(d.keep_until, f.keep_until) as keep_until, h.reason as hold_reason,
        coalesce(p.name, nullif(a.name, ''), a.sign_in) as approved_by, d.approved_at, d.reason, d.destroyed_at,
        case when d.destroyed_at is not null then case when x.sha256 is null then false when x.removed_at is not null then true end end as bytes_gone
        """;

    private static string From(Destroyable of) => $"""
        from {of.Terms} f join collections c on c.id = f.collection_id join request_versions v on v.request_id = c.request_id and v.version = c.version
        left join {of.Proofs} d on d.{of.Id} = f.{of.Id} left join retention_rules said on said.class = d.class and said.valid_from = d.rule_from
        left join retention_holds h on h.id = f.hold_id left join accounts a on a.id = d.approved_by left join people p on p.id = a.person_id left join destroyed_blobs x on x.sha256 = d.sha256
        """;

    private static string Where(Destroyable of, string state) => "@isManager and " + state switch
    {
        "held" => "d.destroyed_at is null and f.keep_until < @today and f.hold_id is not null",
        "approved" => "d.approved_at is not null and d.destroyed_at is null and f.hold_id is null",
        "destroyed" => "d.destroyed_at is not null",
        _ => "d.approved_at is null and f.keep_until < @today and f.hold_id is null",
    } + $" and (@ids::bigint[] is null or f.{of.Id} = any(@ids))";

    public async Task<ListPage<DueFile>> PageAsync(CurrentUser user, string state, long[]? ids, ListSlice slice, CancellationToken ct, Destroyable? of = null)
    {
        of ??= Destroyable.Files;
        await using var connection = await db.OpenAsync(ct);
        var parameters = await ParametersAsync(connection, user, ids, ct);
        var behind = slice.Behind(parameters);
        parameters["limit"] = slice.Limit;
        return slice.Page(await connection.ListAsync<DueFile>($"select {Columns(of)}, {slice.Order.Place} as place {From(of)} where {Where(of, state)} {behind} order by {slice.OrderBy} limit @limit", parameters, ct), row => row.Place);
    }

    public async Task<long> CountAsync(CurrentUser user, string state, long[]? ids, int cap, CancellationToken ct, Destroyable? of = null)
    {
        of ??= Destroyable.Files;
        await using var connection = await db.OpenAsync(ct);
        var parameters = await ParametersAsync(connection, user, ids, ct);
        parameters["cap"] = cap;
        return await connection.FirstAsync<long>($"select count(*) from (select 1 {From(of)} where {Where(of, state)} limit @cap) counted", parameters, ct);
    }

    /// <summary>All that is due, in so few letters that a later list can be compared with it.</summary>
    public async Task<string> WhichAsync(CurrentUser user, long[]? ids, CancellationToken ct, Destroyable? of = null)
    {
        of ??= Destroyable.Files;
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<string>($"select {Which($"f.{of.Id}")} {From(of)} where {Where(of, "due")}", await ParametersAsync(connection, user, ids, ct), ct) ?? "";
    }

    internal static string Which(string id) => $"coalesce(encode(sha256(convert_to(string_agg({id}::text, ',' order by {id}), 'UTF8')), 'hex'), '')";

    public async IAsyncEnumerable<DueFile> AllAsync(CurrentUser user, string state, ListSlice slice, [EnumeratorCancellation] CancellationToken ct, Destroyable? of = null)
    {
        of ??= Destroyable.Files;
        await using var connection = await db.OpenAsync(ct);
        var parameters = await ParametersAsync(connection, user, null, ct);
        await foreach (var row in connection.QueryUnbufferedAsync<DueFile>($"select {Columns(of)} {From(of)} where {Where(of, state)} order by {slice.OrderBy}", parameters).WithCancellation(ct))
        {
            yield return row;
        }
    }

    /// <summary>The rules in force today and those to come, and the holds, open ones first.</summary>
    public async Task<(IReadOnlyList<RetentionRule> Rules, IReadOnlyList<RetentionHold> Holds)> RulesAsync(CurrentUser user, CancellationToken ct)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
        await using var connection = await db.OpenAsync(ct);
        return (await connection.ListAsync<RetentionRule>("""
            select class, valid_from, name_ja, name_en, months, basis_ja, basis_en from (
                (select distinct on (class) * from retention_rules where valid_from <= tokyo_date(business_now()) order by class, valid_from desc)
                union all select * from retention_rules where valid_from > tokyo_date(business_now())) r order by position, valid_from
            """, ct: ct), await connection.ListAsync<RetentionHold>("""
            select h.id, h.request_id, r.title as request_title, h.collection_id, v.title as collection_title, h.framework, h.reason, coalesce(p.name, nullif(a.name, ''), a.sign_in) as by, h.at,
                   h.released_at, coalesce(rp.name, nullif(ra.name, ''), ra.sign_in) as released_by, h.release_reason
            from retention_holds h join accounts a on a.id = h.by_account left join people p on p.id = a.person_id left join accounts ra on ra.id = h.released_by left join people rp on rp.id = ra.person_id
            left join evidence_requests r on r.id = h.request_id left join collections c on c.id = h.collection_id left join request_versions v on v.request_id = c.request_id and v.version = c.version
            order by h.released_at is not null, h.id desc limit 100
            """, ct: ct));
    }

    private static async Task<Dictionary<string, object?>> ParametersAsync(Npgsql.NpgsqlConnection connection, CurrentUser user, long[]? ids, CancellationToken ct) => new()
    {
        ["isManager"] = user.Is(Role.ComplianceManager),
        ["today"] = await connection.FirstAsync<DateOnly>("select tokyo_date(business_now())", ct: ct),
        ["ids"] = ids,
    };
}

/// <summary>What a compliance manager decides about keeping: approving destruction and taking it back, holds, the class of a request's files, terms to come.</summary>
public sealed class DecideRetention(Db db)
{
    /// <summary>Approves; the job destroys. What is on hold, not due or approved already is left out.</summary>
    /// <param name="ids">Files; null: all that are due.</param>
    /// <param name="seen">How many were due when the check was shown; with another number nothing is approved.</param>
    /// <param name="which">Which they were, by <see cref="DueFiles.WhichAsync"/>; with others, as many as they may be, nothing is approved.</param>
    /// <returns>How many were approved.</returns>
    /// <exception cref="Refusal">The list changed since it was shown.</exception>
    public async Task<int> ApproveAsync(CurrentUser user, long[]? ids, long? seen, string? reason, string? which = null, Destroyable? of = null, CancellationToken ct = default)
    {
        of ??= Destroyable.Files;
        RefuseOthers(user);
        var words = CollectionNotes.Reason(reason);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var (approved, these) = await work.FirstAsync<(int, string)>($"""
            with approved as (insert into {of.Proofs} ({of.Id}, sha256, class, rule_from, months, keep_until, approved_by, approved_at, reason)
            select {of.Id}, sha256, class, rule_from, months, keep_until, @AccountId, @Now, @words from {of.Terms}
            where keep_until < @Today and hold_id is null and not is_approved and (@ids::bigint[] is null or {of.Id} = any(@ids))
            on conflict do nothing returning {of.Id})
            select count(*)::int, {DueFiles.Which(of.Id)} from approved
            """, new { user.AccountId, work.Now, words, work.Today, ids }, ct);
        if (approved == 0 || (seen is { } shown && shown != approved) || (which is not null && which != these))
        {
            throw Refusal.Of<Words>(approved == 0 ? "DestroyNone" : "DestroyListChanged", approved);
        }
        await work.ActAsync($"{of.Name}.destructionApproved", "retention", new Dictionary<string, string?> { ["count"] = $"{approved}" }, words, ct);
        await work.CommitAsync(ct);
        return approved;
    }

    /// <summary>Takes approvals back while the files are still there.</summary>
    /// <returns>How many; those that were destroyed meanwhile are not among them.</returns>
    /// <exception cref="Refusal">None of them waits for its destruction any more.</exception>
    public async Task<int> WithdrawAsync(CurrentUser user, long[] ids, string? reason, Destroyable? of = null, CancellationToken ct = default)
    {
        of ??= Destroyable.Files;
        RefuseOthers(user);
        var words = CollectionNotes.Reason(reason);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        // The job destroys one file at a time and holds its row: what it is at is waited for, and then left out.
        var withdrawn = await work.ExecuteAsync($"delete from {of.Proofs} where {of.Id} = any(@ids) and destroyed_at is null", new { ids }, ct);
        if (withdrawn == 0)
        {
            throw Refusal.Of<Words>("WithdrawNone");
        }
        await work.ActAsync($"{of.Name}.destructionWithdrawn", "retention", new Dictionary<string, string?> { ["count"] = $"{withdrawn}" }, words, ct);
        await work.CommitAsync(ct);
        return withdrawn;
    }

    /// <summary>Sets how long a class is kept from a day to come on, in place of what was set for that day before; until then the rule before it holds. A file's term is looked up on the day it is destroyed.</summary>
    /// <exception cref="InvalidInput">No such class, a day that is not to come, a term outside 1 to 1,200 months, or no basis.</exception>
    public async Task SetTermAsync(CurrentUser user, string? of, int? months, DateOnly? from, string? basisJa, string? basisEn, CancellationToken ct = default)
    {
        RefuseOthers(user);
        var (ja, en) = (basisJa?.Trim().Replace("\0", "") ?? "", basisEn?.Trim().Replace("\0", "") ?? "");
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (months is not (>= 1 and <= 1200))
        {
            throw InvalidInput.At<Words>("months", "TermMonths");
        }
        if (from is not { } day || day <= work.Today)
        {
            throw InvalidInput.At<Words>("validFrom", "TermToCome");
        }
        if (ja.Length is 0 or > 500 || en.Length > 500)
        {
            throw InvalidInput.At<Words>("basis", "TermBasis");
        }
        await work.ExecuteAsync($"select pg_advisory_xact_lock({DestroyFiles.Meeting})", ct: ct);
        if (await work.ExecuteAsync("""
            insert into retention_rules (class, valid_from, name_ja, name_en, months, basis_ja, basis_en, position)
            select class, @day, name_ja, name_en, @months, @ja, @en, position from retention_rules where class = @of order by valid_from desc limit 1
            on conflict (class, valid_from) do update set months = excluded.months, basis_ja = excluded.basis_ja, basis_en = excluded.basis_en
            """, new { of = of?.Replace("\0", ""), day, months, ja, en = en.Length > 0 ? en : ja }, ct) == 0)
        {
            throw InvalidInput.At<Words>("of", "TermUnknown");
        }
        await work.ActAsync("retention.termSet", $"retention:{of}", new Dictionary<string, string?> { ["class"] = of, ["months"] = $"{months}", ["from"] = $"{day:yyyy-MM-dd}" }, ct: ct);
        await work.CommitAsync(ct);
    }

    /// <param name="reach">request, collection or framework.</param>
    /// <exception cref="InvalidInput">There is no such thing, or no reason.</exception>
    public async Task<long> HoldAsync(CurrentUser user, string? reach, string? what, string? reason, CancellationToken ct = default)
    {
        RefuseOthers(user);
        var words = CollectionNotes.Reason(reason);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await work.ExecuteAsync($"select pg_advisory_xact_lock({DestroyFiles.Meeting})", ct: ct);
        var (request, collection) = (reach == "request" ? Number(what) : null, reach == "collection" ? Number(what) : null);
        var id = await work.FirstAsync<long?>("""
            insert into retention_holds (request_id, collection_id, framework, reason, by_account, at)
            select (select id from evidence_requests where id = @request), (select id from collections where id = @collection), (select key from frameworks where key = @framework), @words, @AccountId, @Now
            where exists (select from evidence_requests where id = @request) or exists (select from collections where id = @collection) or exists (select from frameworks where key = @framework)
            returning id
            """, new { request, collection, framework = reach == "framework" ? what?.Trim().Replace("\0", "") : null, words, user.AccountId, work.Now }, ct) ?? throw InvalidInput.At<Words>("what", "HoldUnknown");
        await work.ActAsync("retention.held", $"hold:{id}", null, words, ct);
        await work.CommitAsync(ct);
        return id;
    }

    /// <exception cref="Refusal">It was released already.</exception>
    public async Task ReleaseAsync(CurrentUser user, long hold, string? reason, CancellationToken ct = default)
    {
        RefuseOthers(user);
        var words = CollectionNotes.Reason(reason);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (await work.ExecuteAsync("update retention_holds set released_at = @Now, released_by = @AccountId, release_reason = @words where id = @hold and released_at is null", new { hold, work.Now, user.AccountId, words }, ct) == 0)
        {
            throw await work.FirstAsync<bool>("select exists (select from retention_holds where id = @hold)", new { hold }, ct) ? Refusal.Of<Words>("HoldReleased") : new NotFound();
        }
        await work.ActAsync("retention.released", $"hold:{hold}", null, words, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Gives the files of a request another class than its frameworks'.</summary>
    /// <exception cref="InvalidInput">No such request or class.</exception>
    public async Task ClassifyAsync(CurrentUser user, string? request, string? to, CancellationToken ct = default)
    {
        RefuseOthers(user);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await work.ExecuteAsync($"select pg_advisory_xact_lock({DestroyFiles.Meeting})", ct: ct);
        if (await work.ExecuteAsync("""
            insert into request_retention (request_id, class, by_account, at)
            select r.id, @to, @AccountId, @Now from evidence_requests r where r.id = @request and exists (select from retention_rules k where k.class = @to)
            """, new { request = Number(request), to = to?.Replace("\0", ""), user.AccountId, work.Now }, ct) == 0)
        {
            throw InvalidInput.At<Words>("request", "ClassifyUnknown");
        }
        await work.ActAsync("retention.classified", $"request:{Number(request)}", new Dictionary<string, string?> { ["class"] = to }, ct: ct);
        await work.CommitAsync(ct);
    }

    private static long? Number(string? typed) => long.TryParse(typed?.Trim().TrimStart('C', 'c', 'R', 'r', '-'), out var number) ? number : null;

    private static void RefuseOthers(CurrentUser user)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
    }
}
