-- Room: Evidence
-- Everything a list of the collections of some requests is narrowed and ordered by is read from one index.
alter table collections drop constraint collections_period,
    add constraint collections_period unique nulls not distinct (request_id, period_from, period_to, event_id) include (id, version, state, due_on, assignee_id, deputy_id, reviewer_id);
