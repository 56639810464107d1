-- Room: Reports
-- A paper that filed itself, built again as of another instant: asked for by a person, claimed by a worker under a lease, kept. What was filed stays as it was.
create table filing_papers (
    id           bigint generated always as identity primary key,
    filing_id    bigint not null references filings (id),
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
    error        text,
    file_name    text,
    sha256       text references blobs (sha256),
    size         bigint,
    finished_at  timestamptz
);
create index filing_papers_filing on filing_papers (filing_id, id);
create index filing_papers_waiting on filing_papers (id) where state in ('queued', 'running');

-- Append-only: who took what was filed, or a paper of it, out of the house.
create table filing_downloads (
    id         bigint generated always as identity primary key,
    filing_id  bigint not null references filings (id),
    -- Null: what was filed itself.
    paper_id   bigint references filing_papers (id),
    by_account bigint not null references accounts (id),
    at         timestamptz not null
);

grant select, insert, update on filing_papers to ${app};
grant select, insert on filing_downloads to ${app};
select trail.watch('filing_papers', '{}', '{attempts,stage,done,total,lease_until}');
select trail.watch('filing_downloads');
