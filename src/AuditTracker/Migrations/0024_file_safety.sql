-- Room: Evidence. What a virus scanner says of each stored file, and what was taken out of reach because of it.

-- One row a content that is evidence, by the system's clock. What the scanner said last; it is asked again by age.
create table blob_scans (
    sha256     text primary key references blobs (sha256),
    state      text not null default 'waiting' check (state in ('waiting', 'clean', 'infected', 'notScanned')),
    -- Why it is not scanned.
    reason     text check (reason in ('noScanner', 'tooLarge', 'locked', 'noAnswer', 'refused', 'gone')),
    -- It has a password; null: not looked at yet.
    locked     boolean,
    scanned_at timestamptz,
    signatures text not null default '',
    -- When the scanner is asked (again); null: not by itself.
    due_at     timestamptz default now()
);
create index blob_scans_waiting on blob_scans (due_at, sha256) where state = 'waiting';
create index blob_scans_due on blob_scans (due_at, sha256) where state <> 'waiting';
create index blob_scans_open on blob_scans (state, reason) where state in ('infected', 'notScanned');
insert into blob_scans (sha256) select distinct sha256 from evidence where sha256 is not null;

-- Whether the scanner answers: one row, by the system's clock.
create table scanner_state (
    id          int primary key default 1 check (id = 1),
    version     text not null default '',
    answered_at timestamptz,
    -- Since when it does not answer; null: it does.
    away_since  timestamptz,
    failure     text
);
insert into scanner_state default values;

-- What the scanner found in a content, by the business clock. Out of reach until a compliance manager releases it; a name that was released is not taken out of reach again.
create table quarantines (
    id         bigint generated always as identity primary key,
    sha256     text not null references blobs (sha256),
    found      text not null,
    signatures text not null,
    found_at   timestamptz not null,
    decision   text check (decision in ('released', 'confirmed')),
    decided_by bigint references accounts (id),
    decided_at timestamptz,
    reason     text,
    constraint quarantines_once unique (sha256, found),
    constraint quarantines_decided check ((decision is null) = (decided_at is null) and (decision is null) = (reason is null))
);
create index evidence_newest on evidence ((-id)) where kind = 'file';
create index quarantines_open on quarantines (id) where decision is null;

-- How each file of evidence stands: waiting, clean, notScanned, quarantined, or released (a compliance manager judged a finding to be none).
create view file_states as
select e.id as evidence_id, e.sha256, case when q.id is null then coalesce(b.state, 'waiting') when q.decision = 'released' then 'released' else 'quarantined' end as state,
       b.reason, b.locked, b.scanned_at, b.signatures, q.id as quarantine_id, q.found, q.found_at, q.decision, q.decided_at
from evidence e
left join blob_scans b on b.sha256 = e.sha256
left join lateral (select * from quarantines q where q.sha256 = e.sha256 order by q.decision is not distinct from 'released', q.id desc limit 1) q on true
where e.kind = 'file';

grant select, insert, update on blob_scans to ${app};
grant select, update on scanner_state to ${app};
grant select, insert, update on quarantines to ${app};
grant select on file_states to ${app};
insert into trail.exempt_tables (name, reason) values
    ('blob_scans', 'what a scanner said last of a content; what it found stands in quarantines'),
    ('scanner_state', 'whether the scanner answers');
select trail.watch('quarantines', '{reason}');
