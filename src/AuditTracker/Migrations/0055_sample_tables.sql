-- Room: Evidence
-- The table of sample sizes is changed from a day to come on, by compliance managers; which row stands in for which is kept with the row.

-- Who set the table that holds from a day on, and why; the one that ships has none.
create table sample_size_tables (
    valid_from date primary key,
    reason     text not null,
    by_account bigint not null references accounts (id),
    at         timestamptz not null
);
grant select, insert, update on sample_size_tables to ${app};
select trail.watch('sample_size_tables', '{reason}');

-- What has held is never changed; a table that is still to come can be corrected.
create function sample_sizes_stay() returns trigger language plpgsql as $$
begin
    if old.valid_from <= tokyo_date(business_now()) then
        raise exception 'a table of sizes that has held stays' using errcode = '42501';
    end if;
    return old;
end $$;
create trigger sample_sizes_stay before delete on sample_sizes for each row execute function sample_sizes_stay();
grant delete on sample_sizes to ${app};

alter table sample_rows add column replaces bigint unique references sample_rows (id);
select trail.watch('sample_rows', '{cells,replace_reason}');

-- Lists of samples, newest first, of a request and across all.
create index samples_collection on samples (collection_id, id);
