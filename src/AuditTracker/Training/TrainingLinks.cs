using System.Collections.Concurrent;
using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Training;

/// <summary>What a link of a mail opens, before anybody has shown who they are: nothing personal.</summary>
/// <param name="IsOpen">False: it has ended, the training is completed, or the campaign is closed; the three are not told apart.</param>
public sealed record LinkedTraining(long LinkId, long RosterId, string Title, int Minutes, DateOnly DueOn, bool IsOpen);

/// <summary>
/// The links of mails: an invitation to one training of one person, not a sign-in. The secret is minted while the mail is being sent and stored hashed; GET changes nothing (mail scanners
/// and previews follow links), POST exchanges it for a session that opens this training and nothing else. Both live by the system's clock, the campaign by the business clock.
/// </summary>
public sealed class TrainingLinks(Db db, TimeProvider time)
{
    public const string Path = "/training/link";

    /// <summary>The cookie of a training's session begins so, and ends with the number on the roster: several trainings are open side by side. Bound to this host, unreadable for scripts.</summary>
    public const string Cookie = "__Host-training-";

    /// <summary>The cookie outlives its session, so that whoever comes back by it is told how to go on.</summary>
    public static readonly TimeSpan CookieLife = TimeSpan.FromDays(7);

    public static string CookieOf(long roster) => $"{Cookie}{roster}";

    /// <summary>A link outlives the longest pause between two reminders many times.</summary>
    public const int LinkDays = 45;

    /// <summary>Long enough for material and test with a meeting between them.</summary>
    public static readonly TimeSpan SessionLife = TimeSpan.FromHours(8);

    /// <summary>Sessions of one link within an hour.</summary>
    public const int MostSessions = 20;

    /// <summary>Unknown secrets from one address within ten minutes; nobody with a mail ever sends one.</summary>
    public const int MostMisses = 30;

    private readonly ConcurrentDictionary<string, (DateTime Since, int Count)> misses = new();

    private const string Linked = """
        select l.id as link_id, l.roster_id, c.title, v.minutes, greatest(r.due_on, (select max(x.follow_up_on) from training_exemptions x where x.roster_id = r.id and x.ended_at is not null)) as due_on,
               l.revoked_at is null and l.expires_at > @now and c.state = 'running' and g.completed_at is null and (p.left_on is null or p.left_on >= tokyo_date(business_now())) as is_open
        from training_links l join training_roster r on r.id = l.roster_id join training_campaigns c on c.id = r.campaign_id
        join training_course_versions v on v.course = c.course and v.version = c.course_version
        join people p on p.id = r.person_id left join training_progress g on g.roster_id = r.id
        where l.token_hash = @hash
        """;

    /// <summary>A new secret for a mail; those of earlier mails stay good, because people open the mail they find.</summary>
    internal static async Task<string> MintAsync(UnitOfWork work, long roster, CancellationToken ct)
    {
        var secret = Secrets.New();
        await work.ExecuteAsync($"""
            insert into training_links (roster_id, token_hash, created_at, expires_at, notice_id) values (@roster, @hash, clock_timestamp(), clock_timestamp() + interval '{LinkDays} days',
                (select max(n.id) from notices n join mails m on m.id = n.mail_id and m.state = 'sending' where n.subject = @subject and n.person_id = (select person_id from training_roster where id = @roster)))
            """, new { roster, hash = Secrets.Hash(secret), subject = ExemptPeople.Subject(roster) }, ct);
        return secret;
    }

    /// <summary>What the link is for; null: there is no such link.</summary>
    public async Task<LinkedTraining?> FindAsync(string? token, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(token) || token.Length > 200)
        {
            return null;
        }
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<LinkedTraining>(Linked, new { hash = Secrets.Hash(token), now = time.GetUtcNow().UtcDateTime }, ct);
    }

    /// <summary>Exchanges the link for a session.</summary>
    /// <returns>The session's secret, and which training.</returns>
    /// <exception cref="NotFound">Unknown or ended.</exception>
    /// <exception cref="Refusal">Too often within an hour.</exception>
    public async Task<(string Session, long RosterId)> OpenAsync(string? token, string requestId, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var work = await db.BeginAsync(new Actor("visitor", requestId), ct);
        if (await work.FirstAsync<LinkedTraining>(Linked + " for update of l", new { hash = Secrets.Hash(token ?? ""), now }, ct) is not { IsOpen: true } link)
        {
            throw new NotFound();
        }
        if (await work.FirstAsync<int>("select count(*)::int from training_sessions where link_id = @LinkId and created_at > @since", new { link.LinkId, since = now.AddHours(-1) }, ct) >= MostSessions)
        {
            throw Refusal.Of<Words>("LinkTooOften");
        }
        var session = Secrets.New();
        await work.ExecuteAsync("""
            insert into training_sessions (token_hash, link_id, roster_id, created_at, expires_at) values (@hash, @LinkId, @RosterId, @now, @until);
            delete from training_sessions where expires_at < @now - interval '30 days';
            """, new { hash = Secrets.Hash(session), link.LinkId, link.RosterId, now, until = now + SessionLife }, ct);
        await work.FollowedAsync(ExemptPeople.Subject(link.RosterId), await work.FirstAsync<long>("select person_id from training_roster where id = @RosterId", link, ct),
            await work.FirstAsync<long?>("select notice_id from training_links where id = @LinkId", link, ct), ct);
        await work.ActAsync("training.linkOpened", ExemptPeople.Subject(link.RosterId), ct: ct);
        await work.CommitAsync(ct);
        return (session, link.RosterId);
    }

    /// <summary>The training a session opens; null: none, ended, or the person has left.</summary>
    public async Task<long?> OfSessionAsync(string? session, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(session) || session.Length > 200)
        {
            return null;
        }
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long?>("""
            select s.roster_id from training_sessions s join training_roster r on r.id = s.roster_id join people p on p.id = r.person_id
            where s.token_hash = @hash and s.ended_at is null and s.expires_at > @now and (p.left_on is null or p.left_on >= tokyo_date(business_now()))
            """, new { hash = Secrets.Hash(session), now = time.GetUtcNow().UtcDateTime }, ct);
    }

    /// <summary>Whether a session is of the person whom this training is for: another's does not stay open on the device when theirs begins.</summary>
    public async Task<bool> IsOfSamePersonAsync(string? session, long roster, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(session) || session.Length > 200)
        {
            return false;
        }
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<bool>("""
            select exists (select from training_sessions s join training_roster r on r.id = s.roster_id join training_roster own on own.person_id = r.person_id where s.token_hash = @hash and own.id = @roster)
            """, new { hash = Secrets.Hash(session), roster }, ct);
    }

    /// <summary>Revokes every link and session of these people's training, in one go: lost phone, wrong address. The next mail brings a new one.</summary>
    /// <returns>How many people.</returns>
    /// <exception cref="NotFound">None of them is on this roster, or the caller may not.</exception>
    public async Task<int> RevokeAsync(CurrentUser user, long campaign, IReadOnlyCollection<long> rosters, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var found = await work.QueryAsync<long>("select id from training_roster where id = any(@rosters) and campaign_id = @campaign and @isManager order by id", new { campaign, rosters = rosters.ToArray(), isManager = user.Is(Role.ComplianceManager) }, ct);
        if (found.Count == 0)
        {
            throw new NotFound();
        }
        await work.ExecuteAsync("update training_links set revoked_at = @now where roster_id = any(@ids) and revoked_at is null; update training_sessions set ended_at = @now where roster_id = any(@ids) and ended_at is null",
            new { ids = found.ToArray(), now = time.GetUtcNow().UtcDateTime }, ct);
        await work.ActManyAsync("training.linksRevoked", [.. found.Select(ExemptPeople.Subject)], ct: ct);
        await work.CommitAsync(ct);
        return found.Count;
    }

    /// <summary>Counts an unknown secret.</summary>
    /// <returns>Whether this address has sent too many.</returns>
    public bool Miss(string address)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (misses.Count > 10_000)
        {
            foreach (var old in misses.Where(pair => pair.Value.Since < now.AddMinutes(-10)))
            {
                misses.TryRemove(old);
            }
        }
        return misses.AddOrUpdate(address, (now, 1), (_, before) => before.Since < now.AddMinutes(-10) ? (now, 1) : (before.Since, before.Count + 1)).Count > MostMisses;
    }
}
