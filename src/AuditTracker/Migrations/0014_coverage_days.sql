-- Evidence: what the pages over everything read quickly: coverage now, coverage by day, search.

-- The newest accepted period of a request, which coverage begins from, without reading every period there ever was.
create index collections_accepted on collections (request_id, period_to desc, period_from) where state = 'accepted';
