-- Evidence: lists of a million rows, and what is done to several at once.
-- Who was made to owe a collection when, in the place of whom; append-only. Rows of one batch were changed together and can be taken back together.
create sequence assignment_batches;
create table collection_assignments (
    id            bigint generated always as identity primary key,
    batch         bigint not null,
    collection_id bigint not null references collections (id) on delete cascade,
    from_id       bigint not null references people (id),
    to_id         bigint not null references people (id),
    -- Null: a job did it.
    by_account    bigint references accounts (id),
    at            timestamptz not null,
    -- The batch that this one took back.
    undoes        bigint
);
create index collection_assignments_batch on collection_assignments (batch);
create index collection_assignments_collection on collection_assignments (collection_id);
create unique index collection_assignments_undone_once on collection_assignments (undoes, collection_id);
grant select, insert on collection_assignments to ${app};
grant usage on sequence assignment_batches to ${app};
select trail.watch('collection_assignments');

-- Indexes of the lists (design §9: any filter over 1,000,000 collections). Few and mostly partial: every write pays for each.

-- The order of the column "state": what somebody must act on first, then what is to come, then what is over.
create or replace function state_rank(state text) returns int language sql immutable parallel safe as
$$ select case state when 'returned' then 1 when 'open' then 2 when 'submitted' then 3 when 'planned' then 4 when 'accepted' then 5 else 6 end $$;

-- What is under way, a few per cent of all: by due date (the list as it opens, overdue, reminders) and by person.
create index collections_active_due on collections (due_on, id) include (request_id, version) where state in ('open', 'submitted', 'returned');
create index collections_active_assignee on collections (assignee_id, due_on, id) where state in ('open', 'submitted', 'returned');
-- What waits for review; every page of a reviewer counts it.
create index collections_waiting on collections (due_on, id) include (reviewer_id) where state = 'submitted';
-- What is not over yet of a request: its next due date, and lists in the order of names.
create index collections_request_ahead on collections (request_id, due_on) where state in ('planned', 'open', 'submitted', 'returned');
-- (With the state itself an index-only scan may answer; the expression alone would not do.)
-- The order by state, and one state of those that are many; in the place of the index over the state's name.
create index collections_rank on collections (state_rank(state), due_on, id) include (state);
drop index collections_state_due;
create index evidence_requests_title on evidence_requests (title_key, id);
