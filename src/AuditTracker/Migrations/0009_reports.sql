-- A workbook asked for: a row with state, stage, done and total, claimed by a worker under a lease; it survives any restart.
create table report_runs (
    id           bigint generated always as identity primary key,
    kind         text not null check (kind in ('evidence')),
    framework    text not null references frameworks (key),
    from_on      date not null,
    to_on        date not null,
    cutoff_at    timestamptz not null,
    language     text not null check (language in ('ja', 'en')),
    requested_by bigint not null references accounts (id),
    created_at   timestamptz not null,
    state        text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
    attempts     int not null default 0,
    stage        text not null default '',
    done         bigint not null default 0,
    total        bigint not null default 0,
    lease_until  timestamptz,
    -- A key of the room's words and its detail, for a person to act on.
    error        text,
    file_name    text,
    sha256       text references blobs (sha256),
    size         bigint,
    finished_at  timestamptz,
    constraint report_runs_order check (to_on >= from_on)
);
create index report_runs_waiting on report_runs (id) where state in ('queued', 'running');
create index report_runs_recent on report_runs (created_at desc, id desc);

-- Append-only: who took a finished workbook out of the house.
create table report_downloads (
    id         bigint generated always as identity primary key,
    run_id     bigint not null references report_runs (id),
    by_account bigint not null references accounts (id),
    at         timestamptz not null
);

grant select, insert, update on report_runs to ${app};
grant select, insert on report_downloads to ${app};

select trail.watch('report_runs', '{}', '{attempts,stage,done,total,lease_until}');
select trail.watch('report_downloads');
