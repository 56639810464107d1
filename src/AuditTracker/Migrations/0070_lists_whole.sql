-- Room: Evidence

-- Short lists are read whole from these alone, whatever order they are put in: what waits, what is under way, what is ahead.
create index collections_waiting_whole on collections (due_on, id)
    include (pending_submission_id, reviewer_id, request_id, version, assignee_id, deputy_id) where state = 'submitted';
create index collections_active_whole on collections (due_on, id)
    include (request_id, version, state, assignee_id, deputy_id, reviewer_id, period_from) where state in ('open', 'submitted', 'returned');
create index collections_ahead_whole on collections (request_id, due_on)
    include (id, version, state, assignee_id, deputy_id, reviewer_id, period_from) where state in ('planned', 'open', 'submitted', 'returned');
drop index collections_waiting, collections_active_due, collections_request_ahead;
alter index collections_waiting_whole rename to collections_waiting;
alter index collections_active_whole rename to collections_active_due;
alter index collections_ahead_whole rename to collections_request_ahead;

-- Which of those that wait are the reader's own is asked from the reader's side.
create index submissions_by_account on submissions (by_account, id);
create index submissions_by_person on submissions (by_person, id) where by_person is not null;
create index submissions_on_behalf_of on submissions (on_behalf_of, id) where on_behalf_of is not null;
