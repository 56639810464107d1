-- Room: Evidence
-- The next due date of every request is read from the index alone: with the state in it, none of the rows is looked at.
drop index collections_request_ahead;
create index collections_request_ahead on collections (request_id, due_on) include (state) where state in ('planned', 'open', 'submitted', 'returned');
-- So is everything a list of the collections of some requests is narrowed and ordered by.
alter table collections drop constraint collections_period,
    add constraint collections_period unique nulls not distinct (request_id, period_from, period_to, event_id) include (id, version, state, due_on, assignee_id, reviewer_id);
