using AuditTracker.Platform.Database;
using AuditTracker.Platform.Jobs;

namespace AuditTracker.Health;

/// <summary>One row a job for its last run, and its last failures.</summary>
public sealed class JobRunStore(Db db)
{
    private const int FailuresKept = 20;

    public async Task RecordAsync(JobRun run)
    {
        await using var work = await db.BeginAsync(Actor.Job(run.Job));
        await work.ExecuteAsync("""
            insert into job_runs as r (job, started_at, ended_at, rows, failure, incident, succeeded_at)
            values (@Job, @StartedAt, @EndedAt::timestamptz, @Rows, @Failure::text, @Incident::text, case when @Failure::text is null then @EndedAt::timestamptz end)
            on conflict (job) do update set started_at = excluded.started_at, ended_at = excluded.ended_at,
                rows = case when excluded.ended_at is null then r.rows else excluded.rows end,
                failure = case when excluded.ended_at is null then r.failure else excluded.failure end,
                incident = case when excluded.ended_at is null then r.incident else excluded.incident end,
                succeeded_at = coalesce(excluded.succeeded_at, r.succeeded_at)
            """, run);
        if (run is { Failure: not null, EndedAt: not null })
        {
            await work.ExecuteAsync("""
                insert into job_failures (job, started_at, ended_at, failure, incident) values (@Job, @StartedAt, @EndedAt, @Failure, @Incident);
                delete from job_failures where job = @Job and id <= (select id from job_failures where job = @Job order by id desc offset @FailuresKept limit 1);
                """, new { run.Job, run.StartedAt, run.EndedAt, run.Failure, run.Incident, FailuresKept });
        }
        await work.CommitAsync();
    }
}
