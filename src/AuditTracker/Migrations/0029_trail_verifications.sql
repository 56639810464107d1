-- Room: Trail
-- Verifications of the trail that somebody asked for on the page, or that came round by the week. One at a time is enough: it reads everything.
create table trail_verifications (
    id          bigint generated always as identity primary key,
    -- Null: by the week.
    by_account  bigint references accounts (id),
    asked_at    timestamptz not null,
    -- The system's own instant: a demo that moves the business clock brings no week about.
    made_at     timestamptz not null default clock_timestamp(),
    state       text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
    attempts    int not null default 0,
    stage       text not null default '',
    done        bigint not null default 0,
    total       bigint not null default 0,
    lease_until timestamptz,
    error       text,
    finished_at timestamptz,
    took_ms     bigint,
    entries     bigint,
    seals       bigint,
    checked_rows bigint,
    head        bytea,
    -- How many findings, and the first of them: kind, place, detail as the trail's own keys.
    findings    int,
    first_kind  text,
    first_where text,
    first_detail text
);
create unique index trail_verifications_open on trail_verifications ((true)) where state in ('queued', 'running');

grant select, insert, update on trail_verifications to ${app};

select trail.watch('trail_verifications', '{}', '{attempts,stage,done,total,lease_until}');
