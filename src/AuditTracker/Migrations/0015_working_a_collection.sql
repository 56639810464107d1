-- Evidence: everything around one collection: waivers and later due dates that are asked for and granted, comments, another owner, a review taken in hand,
-- and what somebody has put down but not handed in yet. The tables belong to Evidence.

alter table collection_acts
    drop constraint collection_acts_act_check,
    add constraint collection_acts_act_check check (act in ('open', 'submit', 'withdraw', 'accept', 'return', 'reopen', 'waive', 'unwaive'));

-- Append-only: what was said and asked about a collection without changing its state. What answers another note (the decision on what was asked,
-- the undoing of a comment) names it; each is answered once.
create table collection_notes (
    id            bigint generated always as identity primary key,
    collection_id bigint not null references collections (id),
    kind          text not null check (kind in ('askWaiver', 'grantWaiver', 'declineWaiver', 'askDue', 'moveDue', 'declineDue', 'dropAsk', 'comment', 'uncomment', 'changeOwner')),
    answers       bigint references collection_notes (id) constraint collection_notes_answered_once unique,
    -- A due date asked for or set, and the one it replaced; both stay.
    due_on        date,
    due_before    date,
    by_account    bigint references accounts (id),
    by_person     bigint references people (id),
    at            timestamptz not null,
    words         text
);
create index collection_notes_collection on collection_notes (collection_id, id);
create index collection_notes_asks on collection_notes (collection_id) where kind in ('askWaiver', 'askDue');
create index collection_notes_due on collection_notes (collection_id, at) where kind = 'moveDue';
grant select, insert on collection_notes to ${app};
select trail.watch('collection_notes', '{words}');

-- The first due date that passed unmet and was moved afterwards: late stays late.
alter table collections add column missed_due_on date;
select trail.watch('collections');

-- "There was nothing in this period" is a statement of its own kind, with the reason as its words.
alter table evidence add column nothing boolean not null default false;
select trail.watch('evidence', '{file_name,content}');

-- Who has taken a review in hand: words for the others, no lock. It ends with the decision or by itself.
create table review_leases (
    collection_id bigint primary key references collections (id),
    account_id    bigint not null references accounts (id),
    taken_at      timestamptz not null,
    until         timestamptz not null
);
create table review_terms (
    id           int primary key default 1 check (id = 1),
    -- So long a review stays in hand.
    hold_minutes int not null default 60 check (hold_minutes between 1 and 1440)
);
insert into review_terms default values;

-- Work that is not handed in yet: seen by its writer only, and gone once it is handed in or forgotten.
create table drafts (
    collection_id bigint not null references collections (id),
    account_id    bigint not null references accounts (id),
    fields        jsonb not null,
    saved_at      timestamptz not null,
    primary key (collection_id, account_id)
);
create table draft_files (
    id            bigint generated always as identity primary key,
    collection_id bigint not null references collections (id),
    account_id    bigint not null references accounts (id),
    file_name     text not null,
    media_type    text not null,
    size          bigint not null,
    sha256        text not null,
    saved_at      timestamptz not null
);
create index draft_files_of on draft_files (collection_id, account_id);
create index draft_files_sha256 on draft_files (sha256);

grant select, insert, update, delete on review_leases, drafts to ${app};
grant select, update on review_terms to ${app};
grant select, insert, delete on draft_files to ${app};
insert into trail.exempt_tables (name, reason) values
    ('review_leases', 'a lease: who looks at a submission right now'),
    ('drafts', 'work in progress, not handed in'),
    ('draft_files', 'work in progress, not handed in');
select trail.watch('review_terms');

-- Files that stand in the store without a row in blobs, and must not be swept yet.
create view blob_holds as select sha256 from draft_files;
grant select on blob_holds to ${app};
