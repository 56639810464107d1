-- Evidence from before this service, brought in by a list (design §4, work started by a person). What the list says of the past stands as
-- claims beside the submission; the submission's own instant is the one at which it was brought in.
create table past_evidence_runs ( -- Evidence
    id           bigint generated always as identity primary key,
    by_account   bigint not null references accounts (id),
    created_at   timestamptz not null,
    sheet_name   text not null,
    state        text not null default 'checked' check (state in ('checked', 'queued', 'running', 'done', 'failed', 'dropped')),
    -- Lines with errors are left out; without the tick nothing is applied.
    skips_errors boolean not null default false,
    attempts     int not null default 0,
    stage        text not null default '',
    done         bigint not null default 0,
    total        bigint not null default 0,
    lease_until  timestamptz,
    error        text,
    asked_at     timestamptz,
    finished_at  timestamptz
);
create index past_evidence_runs_waiting on past_evidence_runs (id) where state in ('queued', 'running');

-- The files as they came: a ZIP, or the sheet and its files one by one. They stay: where everything came from.
create table past_evidence_sources ( -- Evidence
    run_id   bigint not null references past_evidence_runs (id),
    position int not null,
    name     text not null,
    sha256   text not null references blobs (sha256),
    size     bigint not null,
    primary key (run_id, position)
);

-- What becomes of each period: one submission each, made of one or more lines of the sheet.
create table past_evidence_pieces ( -- Evidence
    run_id        bigint not null references past_evidence_runs (id),
    position      int not null,
    lines         text not null,
    kind          text not null check (kind in ('added', 'filled', 'there', 'error')),
    request_title text not null,
    period_text   text not null,
    request_id    bigint references evidence_requests (id),
    period_from   date,
    period_to     date,
    captured_on   date,
    claimed_submitted_on date,
    claimed_submitted_by text not null default '',
    claimed_accepted_on  date,
    claimed_accepted_by  text not null default '',
    remark        text not null default '',
    -- [{"name", "source", "entry", "size"}] and [{"line", "key", "args"}]: errors, then what is only pointed out.
    files         jsonb not null,
    problems      jsonb not null,
    submission_id bigint references submissions (id),
    -- Why it was passed over when it was applied: a key of the room's words.
    passed_over   text,
    primary key (run_id, position)
);
create unique index past_evidence_pieces_submission on past_evidence_pieces (submission_id) where submission_id is not null;

grant select, insert, update on past_evidence_runs, past_evidence_pieces to ${app};
grant select, insert on past_evidence_sources to ${app};

select trail.watch('past_evidence_runs', '{}', '{attempts,stage,done,total,lease_until}');
select trail.watch('past_evidence_sources', '{name}');
select trail.watch('past_evidence_pieces', '{claimed_submitted_by,claimed_accepted_by,remark,files,problems,request_title}');
