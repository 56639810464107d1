using System.Runtime.InteropServices;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Jobs;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Npgsql;

namespace AuditTracker.Health;

/// <summary>Reads what an operator looks at; for administrators only.</summary>
public sealed class HealthStore(Db db, Settings settings, IReadOnlyList<Schedule> schedules, TrailProtection protection, Care care, Platform.Mail.IMailTransport transport, Notifications.MailTemplates texts)
{
    /// <summary>A process that says nothing for so long is silent.</summary>
    public const string Silence = "interval '3 minutes'";

    /// <summary>Days after which the newest backup is old. The runbook takes one a night; one night may fail and be mended by day, so three say that nobody has looked.</summary>
    public const int BackupDays = 3;

    /// <summary>There are backups (alias <c>b</c> the newest), and this is no demo.</summary>
    internal static readonly string BackupIsOld = $"(b.taken_at < clock_timestamp() - interval '{BackupDays} days' and not exists (select from installation where is_demo))";

    internal const string MailsAreStopped = """
        (select count(*) = 3 and count(distinct mail_id) > 1 and bool_and(outcome = 'deferred') from (select mail_id, outcome from mail_attempts order by id desc limit 3) a)
        """;

    /// <summary>The last verification of the trail that ended found something, or could not be carried through.</summary>
    internal const string TrailIsUnsound = "coalesce((select state = 'failed' or findings > 0 from trail_verifications where state in ('done', 'failed') order by id desc limit 1), false)";

    /// <exception cref="NotFound">The caller is no administrator.</exception>
    public async Task<HealthReport> ReadAsync(CurrentUser user, CancellationToken ct)
    {
        if (!user.Is(Role.Administrator))
        {
            throw new NotFound();
        }
        await using var connection = await db.OpenAsync(ct);
        var now = await connection.FirstAsync<DateTime>("select clock_timestamp()", ct: ct);
        var jobs = await JobsAsync(connection, now, ct);
        return new HealthReport(now, Heartbeat.Version, RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription, await DatabaseAsync(connection, ct),
            await ProcessesAsync(connection, ct), jobs,
            await connection.ListAsync<JobFailure>("select job, started_at, ended_at, failure, incident from job_failures order by id desc limit 20", ct: ct),
            await MailsAsync(connection, ct), Disk(settings), await FilesAsync(connection, jobs, ct),
            await connection.FirstAsync<BackupHealth>($"select name, folder, taken_at, ended_at, blobs, blob_bytes, copied, dump_bytes, damaged, {BackupIsOld} as is_old from backups b order by id desc limit 1", ct: ct),
            await ScannerAsync(connection, ct), await ScrubAsync(connection, ct),
            await connection.FirstAsync<TrailHealth?>("select state, asked_at, finished_at, coalesce(findings, 0) as findings from trail_verifications where state in ('done', 'failed') order by id desc limit 1", ct: ct),
            await care.OutrunAsync(ct) is { } outrun ? new CalendarHealth(outrun.KnownThrough, outrun.Collections) : null);
    }

    internal static DiskHealth Disk(Settings settings)
    {
        var disk = new DriveInfo(settings.Data);
        return new DiskHealth(disk.AvailableFreeSpace, disk.TotalSize, disk.AvailableFreeSpace < settings.DiskLowBytes);
    }

    private async Task<DatabaseHealth> DatabaseAsync(NpgsqlConnection connection, CancellationToken ct) => (await connection.FirstAsync<DatabaseHealth>("""
        select current_setting('server_version') as version, pg_database_size(current_database()) as bytes,
            (select count(*)::int from pg_stat_activity where datname = current_database()) as connections, current_setting('max_connections')::int as max_connections,
            (select max(name) from migrations) as schema, false as is_private, false as trail_is_protected
        """, ct: ct))! with
    { IsPrivate = settings.Main is null, TrailIsProtected = await protection.IsProtectedAsync(ct) };

    private static Task<IReadOnlyList<ProcessHealth>> ProcessesAsync(NpgsqlConnection connection, CancellationToken ct) => connection.ListAsync<ProcessHealth>($"""
        select kind, machine, version, started_at, beat_at, stopped_at,
            case when stopped_at is not null then 'stopped' when beat_at < clock_timestamp() - {Silence} then 'silent' else 'running' end as state
        from processes order by stopped_at is not null, beat_at desc limit 50
        """, ct: ct);

    private async Task<IReadOnlyList<JobHealth>> JobsAsync(NpgsqlConnection connection, DateTime now, CancellationToken ct)
    {
        var runs = (await connection.ListAsync<Run>("select job, started_at, ended_at, rows, failure, incident, succeeded_at from job_runs", ct: ct)).ToDictionary(run => run.Job);
        return [.. schedules.Select(schedule => runs.GetValueOrDefault(schedule.Name) is not { } run
            ? new JobHealth(schedule.Name, "waiting", null, null, 0, null, null, null, schedule.NextAfter(now))
            : new JobHealth(schedule.Name, run.EndedAt is null ? "running" : run.Failure is not null ? "failed" : "done", run.StartedAt, run.EndedAt, run.Rows,
                run.Failure, run.Incident, run.SucceededAt, schedule.NextAfter(now)))];
    }

    private async Task<MailHealth> MailsAsync(NpgsqlConnection connection, CancellationToken ct) => new(
        (await connection.ListAsync<(string State, long Count)>("select state, count(*) from mails group by state order by state", ct: ct)).ToDictionary(row => row.State, row => row.Count),
        await connection.FirstAsync<DateTime?>("select mail_held_at from installation", ct: ct),
        await connection.FirstAsync<bool>($"select {MailsAreStopped}", ct: ct),
        transport.Name, await connection.FirstAsync<string?>("select case when outcome <> 'accepted' then reply end from mail_attempts order by id desc limit 1", ct: ct),
        await connection.FirstAsync<long>("select count(*) from mail_reports where reason is not null", ct: ct), await connection.FirstAsync<string?>("select concat_ws(' ', nullif(name, ''), reason) from mail_reports where reason is not null order by id desc limit 1", ct: ct), await texts.StatesAsync(ct));

    private static async Task<FileHealth> FilesAsync(NpgsqlConnection connection, IReadOnlyList<JobHealth> jobs, CancellationToken ct)
    {
        var (count, bytes) = await connection.FirstAsync<(long, long)>("select count(*), coalesce(sum(size), 0)::bigint from kept_blobs", ct: ct);
        return new FileHealth(count, bytes, jobs.FirstOrDefault(job => job.Name == nameof(SweepBlobs))?.SucceededAt);
    }

    private async Task<ScannerHealth> ScannerAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var (version, answered, away, failure) = await connection.FirstAsync<(string, DateTime?, DateTime?, string?)>("select version, answered_at, away_since, failure from scanner_state", ct: ct);
        var (waiting, quarantined) = await connection.FirstAsync<(long, long)>("select (select count(*) from blob_scans s join kept_blobs b on b.sha256 = s.sha256 where s.state = 'waiting'), (select count(*) from quarantines where decision is null)", ct: ct);
        return new ScannerHealth(settings.Clamd is not null, version, answered, away, failure, waiting, quarantined,
            (await connection.ListAsync<(string Reason, long Count)>("select s.reason, count(*) from blob_scans s join kept_blobs b on b.sha256 = s.sha256 where s.state = 'notScanned' group by reason order by reason", ct: ct)).ToDictionary(row => row.Reason, row => row.Count));
    }

    private static async Task<ScrubHealth> ScrubAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var (read, oldest) = await connection.FirstAsync<(long, DateTime?)>("select count(*), min(checked_at) from blob_checks k join kept_blobs b on b.sha256 = k.sha256", ct: ct);
        return new ScrubHealth(read, oldest, await connection.ListAsync<WrongFile>("""
            select k.sha256, k.state, k.since, coalesce((select string_agg(distinct 'C-' || s.collection_id, ', ') from evidence e join submissions s on s.id = e.submission_id where e.kind = 'file' and e.sha256 = k.sha256), '') as used_in
            from blob_checks k join kept_blobs b on b.sha256 = k.sha256 where k.state <> 'whole' order by k.since, k.sha256 limit 50
            """, ct: ct));
    }

    private sealed record Run(string Job, DateTime StartedAt, DateTime? EndedAt, long Rows, string? Failure, string? Incident, DateTime? SucceededAt);
}
