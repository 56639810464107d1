-- Room: Evidence. Reports a room wants built and handed in (design §3): left here in the transaction that closes the matter, taken up by Reports.
create table filings (
    id         bigint generated always as identity primary key,
    -- Which report: training.
    report     text not null,
    -- What it is about, as in the trail; filed once.
    subject    text not null,
    title      text not null,
    cutoff_at  timestamptz not null,
    -- Whose hand-in it will be.
    by_account bigint not null references accounts (id),
    at         timestamptz not null,
    constraint filings_once unique (report, subject)
);
create table filing_items (
    filing_id bigint not null references filings (id),
    framework text not null,
    ref       text not null,
    primary key (filing_id, framework, ref),
    foreign key (framework, ref) references items (framework, ref)
);

-- The counterpart of a filing: what was built, and into how many collections it went; none is a gap that is listed.
create table filing_builds ( -- Reports
    filing_id   bigint primary key references filings (id),
    state       text not null default 'queued' check (state in ('queued', 'done', 'failed')),
    attempts    int not null default 0,
    -- Held by a worker until then, by the system's clock.
    lease_until timestamptz,
    file_name   text,
    sha256      text references blobs (sha256),
    size        bigint,
    handed_in   int not null default 0,
    problem     text not null default '',
    at          timestamptz not null,
    finished_at timestamptz
);
create table filing_hand_ins ( -- Reports
    filing_id     bigint not null references filings (id),
    collection_id bigint not null references collections (id),
    -- Null: it could not be handed in there, and why.
    submission_id bigint references submissions (id),
    problem       text not null default '',
    at            timestamptz not null,
    primary key (filing_id, collection_id)
);

grant select, insert on filings, filing_items, filing_hand_ins to ${app};
grant select, insert, update on filing_builds to ${app};
select trail.watch('filings');
select trail.watch('filing_items');
select trail.watch('filing_builds', '{}', '{lease_until}');
select trail.watch('filing_hand_ins');
