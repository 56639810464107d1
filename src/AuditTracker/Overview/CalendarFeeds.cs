using System.Security.Cryptography;
using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Trail;
using AuditTracker.Training;
using Microsoft.Extensions.Localization;
using Npgsql;

namespace AuditTracker.Overview;

/// <summary>The reader's address, without its secret.</summary>
public sealed record CalendarFeed(DateTime CreatedAt, DateTime? LastReadAt);

/// <summary>What a calendar gets.</summary>
/// <param name="Tag">Changes when, and only when, the content does.</param>
public sealed record CalendarContent(byte[] Bytes, string Tag);

/// <summary>A calendar, or somebody who guesses, asks more often than calendars do.</summary>
public sealed class AskedTooOften : Exception;

/// <summary>
/// Somebody's due dates for their own calendar, under a secret address. Whoever has the address reads them without signing in: so there is nothing in it but what its owner is asked for
/// and by when, it can be taken away at any time, and it ends with the account.
/// </summary>
public sealed class CalendarFeeds(Db db, Settings settings, TimeProvider time, IStringLocalizer<Words> words)
{
    /// <summary>Calendars ask every few hours; one address may ask so often in ten minutes.</summary>
    public const int MostReads = 30;

    /// <summary>Unknown secrets from one address within ten minutes.</summary>
    public const int MostMisses = 30;

    private const int MostEntries = 500;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private const int MostKept = 10_000;

    private readonly RecentCounts reads = new(time, Window, MostKept);
    private readonly RecentCounts misses = new(time, Window, MostKept);

    public async Task<CalendarFeed?> FindAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<CalendarFeed>("select created_at, last_read_at from calendar_feeds where account_id = @AccountId and revoked_at is null", user, ct);
    }

    /// <summary>A new address; an earlier one ends.</summary>
    /// <returns>The secret; nobody can read it again.</returns>
    /// <exception cref="NotFound">The caller is no person, and owes nothing.</exception>
    public async Task<string> IssueAsync(CurrentUser user, CancellationToken ct)
    {
        if (user.PersonId is null)
        {
            throw new NotFound();
        }
        var secret = Secrets.New();
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        // Two windows of one person: the second waits, and its address is the one that lives.
        await work.ExecuteAsync("select from accounts where id = @AccountId for update", user, ct);
        await RevokeAsync(work, user, ct);
        await work.ExecuteAsync("insert into calendar_feeds (account_id, token_hash, created_at) values (@AccountId, @hash, @Now)", new { user.AccountId, hash = Secrets.Hash(secret), work.Now }, ct);
        await work.ActAsync("calendar.issued", $"account:{user.AccountId}", ct: ct);
        await work.CommitAsync(ct);
        return secret;
    }

    public async Task RevokeAsync(CurrentUser user, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (await RevokeAsync(work, user, ct) > 0)
        {
            await work.ActAsync("calendar.revoked", $"account:{user.AccountId}", ct: ct);
            await work.CommitAsync(ct);
        }
    }

    private static Task<int> RevokeAsync(UnitOfWork work, CurrentUser user, CancellationToken ct) =>
        work.ExecuteAsync("update calendar_feeds set revoked_at = @Now where account_id = @AccountId and revoked_at is null", new { user.AccountId, work.Now }, ct);

    /// <summary>What the owner of an address owes; null: unknown, taken away, or its owner has left or may not sign in.</summary>
    /// <param name="from">Who asks: after so many misses it is refused before anything is read.</param>
    /// <exception cref="AskedTooOften">Of this feed, or of unknown ones by <paramref name="from"/>, within ten minutes.</exception>
    public async Task<CalendarContent?> ReadAsync(string secret, string from, CancellationToken ct)
    {
        if (misses.Of(from) >= MostMisses)
        {
            throw new AskedTooOften();
        }
        if (secret.Length is < 20 or > 100)
        {
            misses.Add(from);
            return null;
        }
        await using var connection = await db.OpenAsync(ct);
        if (await connection.FirstAsync<Owner>("""
            select f.id, a.id as account, p.id as person, a.language, tokyo_date(business_now()) as today, extract(epoch from i.created_at)::bigint as installation, f.last_read_at is null or f.last_read_at < clock_timestamp() - interval '1 hour' as is_stale
            from calendar_feeds f join accounts a on a.id = f.account_id join people p on p.id = a.person_id cross join installation i
            where f.token_hash = @hash and f.revoked_at is null and a.disabled_at is null and (p.left_on is null or p.left_on >= tokyo_date(business_now()))
            """, new { hash = Secrets.Hash(secret) }, ct) is not { } owner)
        {
            misses.Add(from);
            return null;
        }
        // Only of feeds that there are: unknown secrets leave nothing behind.
        if (reads.Add($"{owner.Id}") > MostReads)
        {
            throw new AskedTooOften();
        }
        if (owner.IsStale)
        {
            await using var work = await db.BeginAsync(new Actor("visitor", "calendar"), ct);
            await work.ExecuteAsync("update calendar_feeds set last_read_at = clock_timestamp() where id = @Id", owner, ct);
            await work.CommitAsync(ct);
        }
        var company = await CompanyStore.LoadAsync(connection, ct);
        var calendar = await BusinessCalendars.LoadAsync(connection, ct);
        using var eras = EraDates.Use(false);
        var bytes = CalendarText.Write(In(owner.Language, "CalendarName", company.NameIn(owner.Language)), TimeSpan.FromHours(4), await EntriesAsync(connection, owner, calendar, ct));
        return new CalendarContent(bytes, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}\"");
    }

    private async Task<List<CalendarEntry>> EntriesAsync(NpgsqlConnection connection, Owner owner, BusinessCalendar calendar, CancellationToken ct)
    {
        var parameters = new { person = owner.Person, most = MostEntries };
        // The request's own title: whom an occurrence is about is nobody's business outside.
        var evidence = await connection.ListAsync<Owed>($"""
            select c.id, v.title, c.period_from, c.period_to, c.due_on, c.state_at as changed_at
            from collections c join request_versions v on v.request_id = c.request_id and v.version = c.version
            where c.state in ('open', 'returned') and {CollectionScope.Mine} order by c.due_on, c.id limit @most
            """, parameters, ct);
        var trainings = await connection.ListAsync<Training>($"""
            select r.id, t.title, {Standings.OwnDueOn} as due_on, t.started_at as changed_at from training_roster r join training_campaigns t on t.id = r.campaign_id where {TakeTraining.ToDo} order by 3, r.id limit @most
            """, parameters, ct);
        return
        [
            .. evidence.Select(owed => Entry(owner, $"collection-{owed.Id}", owed.DueOn, owed.ChangedAt ?? DateTime.UnixEpoch, "CalendarEvidence", $"{owed.Title} {PeriodText.Label(new Period(owed.PeriodFrom, owed.PeriodTo), calendar.Periods, owner.Language)}", $"/evidence/collections/{owed.Id}")),
            .. trainings.Select(training => Entry(owner, $"training-{training.Id}", training.DueOn, training.ChangedAt ?? DateTime.UnixEpoch, "CalendarTraining", training.Title, $"/training/mine/{training.Id}")),
        ];
    }

    private CalendarEntry Entry(Owner owner, string id, DateOnly on, DateTime changedAt, string word, string title, string path) => new(
        // Of this installation: two of them in one calendar never take each other's entries for theirs.
        $"{id}.{owner.Installation}@audit-tracker", on, changedAt, In(owner.Language, word, title), In(owner.Language, "CalendarOpen", settings.PublicAddress + path), settings.PublicAddress + path);

    private string In(string language, string key, string value) => Speaking.In(language, () => words[key, value].Value);

    private sealed record Owner(long Id, long Account, long Person, string Language, DateOnly Today, long Installation, bool IsStale);

    private sealed record Owed(long Id, string Title, DateOnly PeriodFrom, DateOnly PeriodTo, DateOnly DueOn, DateTime? ChangedAt);

    private sealed record Training(long Id, string Title, DateOnly DueOn, DateTime? ChangedAt);
}
