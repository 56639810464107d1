-- What an operator looks at: processes and their heartbeat, how each job last ended, backups; and the hold on mails after a restore.

-- One row a process, by the system's clock. A row stays for a day after its last beat.
create table processes (
    id         text primary key,
    -- serve, web or worker; only those that work count as a worker.
    kind       text not null check (kind in ('serve', 'web', 'worker')),
    machine    text not null,
    version    text not null,
    started_at timestamptz not null,
    beat_at    timestamptz not null,
    stopped_at timestamptz
);

-- How each job last ran, by the system's clock: one row a job.
create table job_runs (
    job         text primary key,
    started_at  timestamptz not null,
    ended_at    timestamptz,
    rows        bigint not null default 0,
    -- Kind of the fault and the incident's number in the log; never its message, which may hold somebody's data.
    failure     text,
    incident    text,
    succeeded_at timestamptz
);

-- The last failures of each job; older ones are removed as new ones come.
create table job_failures (
    id         bigint generated always as identity primary key,
    job        text not null,
    started_at timestamptz not null,
    ended_at   timestamptz not null,
    failure    text not null,
    incident   text not null
);
create index job_failures_job on job_failures (job, id);

-- Every backup that was taken to its end, by the system's clock. The folder is a path of the machine that took it.
create table backups (
    id         bigint generated always as identity primary key,
    name       text not null,
    folder     text not null,
    taken_at   timestamptz not null,
    ended_at   timestamptz not null,
    blobs      bigint not null,
    blob_bytes bigint not null,
    copied     bigint not null,
    dump_bytes bigint not null,
    -- Files of the store whose bytes no longer have their hash, or that are gone.
    damaged    bigint not null
);

-- Set by a restore: nothing is sent until somebody has said what is to become of the mails that waited at the backup.
-- mail_held_from is the business instant of the backup.
alter table installation add column mail_held_at timestamptz, add column mail_held_from timestamptz;

grant select, insert, update, delete on processes, job_runs, job_failures to ${app};
grant select, insert on backups to ${app};

insert into trail.exempt_tables values
    ('processes', 'heartbeats: every few seconds, about no one'),
    ('job_runs', 'progress of background work'),
    ('job_failures', 'progress of background work');

select trail.watch('backups');
select trail.watch('installation');
