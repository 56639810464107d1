-- Room: Evidence
-- The next due date of every request is read from the index alone: with the state in it, none of the rows is looked at.
drop index collections_request_ahead;
create index collections_request_ahead on collections (request_id, due_on) include (state) where state in ('planned', 'open', 'submitted', 'returned');
