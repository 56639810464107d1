-- Room: Evidence
-- The list of files walks the primary key backwards; an index on the negated number served nobody else.
drop index if exists evidence_newest;
