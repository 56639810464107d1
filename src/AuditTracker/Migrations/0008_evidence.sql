-- The evidence model (design §6): requests and their versions, one collection a period, submissions, evidence, and what was done when.
create table evidence_requests (
    id         bigint generated always as identity primary key,
    version    int not null default 1,
    -- Cached from the newest version, for lists.
    title      text not null,
    title_key  text not null,
    owner_id   bigint not null references people (id),
    reviewer_id bigint not null references people (id),
    start_on   date not null,
    end_on     date,
    -- The library entry it was adopted from (EV01), if any.
    adopted_from text,
    created_at timestamptz not null,
    constraint evidence_requests_two_people check (owner_id <> reviewer_id)
);
create index evidence_requests_owner on evidence_requests (owner_id);
create index evidence_requests_reviewer on evidence_requests (reviewer_id);

-- Append-only: past collections keep the version they were planned from.
create table request_versions (
    request_id   bigint not null references evidence_requests (id),
    version      int not null,
    title        text not null,
    guidance     text not null,
    minutes      int not null default 20,
    every        text not null check (every in ('month', 'quarter', 'half', 'year')),
    opens_offset int not null default 1,
    due_offset   int not null,
    due_unit     text not null check (due_unit in ('days', 'businessDays')),
    owner_id     bigint not null references people (id),
    reviewer_id  bigint not null references people (id),
    start_on     date not null,
    end_on       date,
    by_account   bigint references accounts (id),
    at           timestamptz not null,
    primary key (request_id, version),
    constraint request_versions_order check (end_on >= start_on)
);

create table request_items (
    request_id bigint not null,
    version    int not null,
    framework  text not null,
    ref        text not null,
    primary key (request_id, version, framework, ref),
    foreign key (request_id, version) references request_versions (request_id, version),
    foreign key (framework, ref) references items (framework, ref)
);
create index request_items_item on request_items (framework, ref);

create table collections (
    id             bigint generated always as identity primary key,
    request_id     bigint not null references evidence_requests (id),
    version        int not null,
    period_from    date not null,
    period_to      date not null,
    opens_on       date not null,
    -- As first planned; coverage counts from this one, whatever is moved later.
    planned_due_on date not null,
    due_on         date not null,
    assignee_id    bigint not null references people (id),
    reviewer_id    bigint not null references people (id),
    -- Cache of the newest collection_acts row; 'planned' while there is none.
    state          text not null default 'planned' check (state in ('planned', 'open', 'submitted', 'returned', 'accepted', 'waived')),
    state_at       timestamptz,
    pending_submission_id bigint,
    constraint collections_period unique (request_id, period_from, period_to),
    constraint collections_order check (period_to >= period_from),
    foreign key (request_id, version) references request_versions (request_id, version)
);
create index collections_due on collections (due_on, id);
create index collections_state_due on collections (state, due_on, id);
create index collections_assignee on collections (assignee_id, state, due_on);
create index collections_reviewer on collections (reviewer_id, state, due_on);
create index collections_to_open on collections (opens_on) where state = 'planned';

create table submissions (
    id              bigint generated always as identity primary key,
    collection_id   bigint not null references collections (id),
    by_account      bigint not null references accounts (id),
    by_person       bigint references people (id),
    -- Who it was handed in for, when by somebody else.
    on_behalf_of    bigint references people (id),
    at              timestamptz not null,
    -- The person's own statement of when the evidence was taken.
    captured_on     date,
    note            text not null default '',
    idempotency_key text,
    constraint submissions_idempotency unique (by_account, collection_id, idempotency_key)
);
create index submissions_collection on submissions (collection_id);
alter table collections add foreign key (pending_submission_id) references submissions (id);

create table evidence (
    id            bigint generated always as identity primary key,
    submission_id bigint not null references submissions (id),
    position      int not null,
    kind          text not null check (kind in ('file', 'link', 'statement')),
    file_name     text,
    media_type    text,
    size          bigint,
    sha256        text references blobs (sha256),
    -- A link's address, or a statement's words.
    content       text,
    constraint evidence_position unique (submission_id, position),
    constraint evidence_kind check (case kind when 'file' then sha256 is not null and file_name is not null and content is null
                                               else sha256 is null and content is not null end)
);

-- Append-only: opening, handing in, withdrawing, reviewing, waiving. The state as of an instant is the newest row's.
create table collection_acts (
    id            bigint generated always as identity primary key,
    collection_id bigint not null references collections (id),
    act           text not null check (act in ('open', 'submit', 'withdraw', 'accept', 'return', 'reopen', 'waive')),
    state_after   text not null,
    submission_id bigint references submissions (id),
    by_account    bigint references accounts (id),
    by_person     bigint references people (id),
    at            timestamptz not null,
    comment       text
);
create index collection_acts_collection on collection_acts (collection_id, id);

grant select, insert, update on evidence_requests to ${app};
grant select, insert on request_versions, request_items, submissions, evidence, collection_acts to ${app};
-- Only collections never opened are ever deleted, when a changed request is planned anew.
grant select, insert, update, delete on collections to ${app};

select trail.watch('evidence_requests', '{}', '{title_key}');
select trail.watch('request_versions');
select trail.watch('request_items');
select trail.watch('collections');
select trail.watch('submissions', '{note}', '{idempotency_key}');
select trail.watch('evidence', '{file_name,content}');
select trail.watch('collection_acts', '{comment}');
