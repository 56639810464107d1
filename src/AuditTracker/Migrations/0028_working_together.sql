-- Room: Evidence
-- Who works in the place of somebody on leave. Named for one leave; where nobody is named it is whoever comes next up the line on the day.
create table leave_deputies (
    leave_id   bigint primary key references leaves (id) on delete cascade,
    deputy_id  bigint not null references people (id),
    by_account bigint references accounts (id),
    at         timestamptz not null
);
grant select, insert, update, delete on leave_deputies to ${app};
select trail.watch('leave_deputies');

-- Who hands it in while its owner is on leave; the owner stays the owner. A job sets it and takes it back; with what was handed in meanwhile it stays.
alter table collections add column deputy_id bigint references people (id);
create index collections_deputy on collections (deputy_id, due_on, id) where deputy_id is not null;
select trail.watch('collections');

-- Who stood in for the owner from when on; append-only. No deputy: from then on nobody.
create table collection_deputies (
    id            bigint generated always as identity primary key,
    collection_id bigint not null references collections (id) on delete cascade,
    deputy_id     bigint references people (id),
    before_id     bigint references people (id),
    at            timestamptz not null
);
create index collection_deputies_collection on collection_deputies (collection_id);
grant select, insert on collection_deputies to ${app};
select trail.watch('collection_deputies');
