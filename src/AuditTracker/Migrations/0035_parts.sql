-- Room: Evidence
-- Part of what a collection asks for, handed in while the rest is still to come. It is a submission of its own that leaves the state as it is; the one that
-- completes it names the parts it takes up, and from then on what counts for that submission is its own evidence and theirs.
alter table submissions
    add column is_part boolean not null default false,
    -- What is still to come, in the person's words, and by when.
    add column rest    text,
    add column rest_by date,
    add constraint submissions_part check (is_part = (rest is not null) and is_part = (rest_by is not null));
create index submissions_parts on submissions (collection_id, id) where is_part;
select trail.watch('submissions', '{note,rest}', '{idempotency_key}');

-- Append-only.
create table submission_parts (
    submission_id bigint not null references submissions (id),
    part_id       bigint not null references submissions (id),
    primary key (submission_id, part_id)
);
create index submission_parts_part on submission_parts (part_id);
grant select, insert on submission_parts to ${app};
select trail.watch('submission_parts');

alter table collection_acts
    drop constraint collection_acts_act_check,
    add constraint collection_acts_act_check check (act in ('open', 'part', 'submit', 'withdraw', 'accept', 'return', 'reopen', 'waive', 'unwaive'));

-- What counts for a submission: its own pieces, and those of the parts it takes up (submission_id says whose they are; parts come first by it).
create view counted_evidence as
select e.submission_id as counted_for, e.id, e.submission_id, e.position, e.kind, e.file_name, e.media_type, e.size, e.sha256, e.content, e.nothing from evidence e
union all
select p.submission_id, e.id, e.submission_id, e.position, e.kind, e.file_name, e.media_type, e.size, e.sha256, e.content, e.nothing
from submission_parts p join evidence e on e.submission_id = p.part_id;
grant select on counted_evidence to ${app};
