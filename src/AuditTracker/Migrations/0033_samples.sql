-- Room: Evidence
-- Samples: a population kept as it was, rows drawn from it by a seed, and what came of looking at each.

-- How many rows are drawn, by date: the lines with the newest valid_from hold.
create table sample_sizes (
    id         bigint generated always as identity primary key,
    valid_from date not null,
    basis      text not null check (basis in ('event', 'daily', 'weekly', 'monthly', 'quarterly', 'yearly')),
    -- The largest population the line is for; null: any beyond.
    up_to      bigint check (up_to > 0),
    -- Null: all rows.
    size       int check (size > 0),
    by_account bigint references accounts (id),
    at         timestamptz,
    constraint sample_sizes_line unique nulls not distinct (valid_from, basis, up_to)
);
-- Watched before it is filled, so that the trail tells of these rows as of all others.
select trail.watch('sample_sizes');
select set_config('audit.actor', 'operator:migrate', true);
insert into sample_sizes (valid_from, basis, up_to, size) values
    ('2000-01-01', 'event', 5, null),
    ('2000-01-01', 'event', 50, 5),
    ('2000-01-01', 'event', 250, 15),
    ('2000-01-01', 'event', null, 25),
    ('2000-01-01', 'daily', null, 15),
    ('2000-01-01', 'weekly', null, 5),
    ('2000-01-01', 'monthly', null, 3),
    ('2000-01-01', 'quarterly', null, 2),
    ('2000-01-01', 'yearly', null, 1);

create table samples (
    id            bigint generated always as identity primary key,
    collection_id bigint not null references collections (id),
    -- The same form sent twice is one population.
    form_key      text not null,
    name          text not null,
    source        text not null check (source in ('upload', 'joined', 'left', 'transferred', 'grants', 'collections')),
    -- Where it came from and how it was made sure that nothing is missing; empty for what the product found itself.
    origin        text not null,
    completeness  text not null,
    as_of         date not null,
    by_account    bigint not null references accounts (id),
    by_person     bigint references people (id),
    taken_at      timestamptz not null,
    original_name   text,
    original_sha256 text references blobs (sha256),
    original_size   bigint,
    -- The kept file, and the hash of its sorted rows, which is the same in whatever order they came.
    file_sha256   text not null references blobs (sha256),
    file_size     bigint not null,
    rows_sha256   text not null,
    row_count     bigint not null,
    columns       jsonb not null,
    state         text not null default 'population' check (state in ('population', 'drawn', 'concluded', 'abandoned')),
    basis         text,
    -- The table that held and what it asked.
    table_from    date,
    table_size    int,
    size          int,
    size_reason   text,
    seed          text,
    -- Where a seed that was typed came from; null: made here.
    seed_from     text,
    drawn_by      bigint references accounts (id),
    drawn_at      timestamptz,
    -- The conclusion, or why it was given up.
    closing       text,
    closed_by     bigint references accounts (id),
    closed_at     timestamptz,
    constraint samples_form unique (collection_id, form_key),
    constraint samples_original check (num_nonnulls(original_name, original_sha256, original_size) = case source when 'upload' then 3 else 0 end),
    constraint samples_drawn check (state not in ('drawn', 'concluded') or num_nonnulls(basis, table_from, table_size, size, seed, drawn_by, drawn_at) = 7),
    constraint samples_closed check ((state in ('concluded', 'abandoned')) = (num_nonnulls(closing, closed_by, closed_at) = 3))
);
create index samples_original on samples (original_sha256) where original_sha256 is not null;
create index samples_file on samples (file_sha256);

create table sample_rows (
    id             bigint generated always as identity primary key,
    sample_id      bigint not null references samples (id),
    -- In the order of drawing, from 1; a row that is replaced keeps its place, the next of the order comes behind the last.
    place          int not null,
    row_number     int not null,
    cells          jsonb not null,
    at             timestamptz not null,
    replaced_at    timestamptz,
    replaced_by    bigint references accounts (id),
    replace_reason text,
    constraint sample_rows_place unique (sample_id, place),
    constraint sample_rows_number unique (sample_id, row_number),
    constraint sample_rows_replaced check (num_nonnulls(replaced_at, replaced_by, replace_reason) in (0, 3))
);

-- What came of looking at a row; append-only, the newest holds.
create table sample_results (
    id         bigint generated always as identity primary key,
    row_id     bigint not null references sample_rows (id),
    result     text not null check (result in ('conforming', 'observation', 'nonconforming', 'notApplicable')),
    note       text not null,
    link       text,
    by_account bigint not null references accounts (id),
    by_person  bigint references people (id),
    at         timestamptz not null
);
create index sample_results_row on sample_results (row_id, id);

create table sample_files (
    id         bigint generated always as identity primary key,
    row_id     bigint not null references sample_rows (id),
    file_name  text not null,
    media_type text not null,
    size       bigint not null,
    sha256     text not null references blobs (sha256),
    by_account bigint not null references accounts (id),
    by_person  bigint references people (id),
    at         timestamptz not null,
    removed_at timestamptz,
    removed_by bigint references accounts (id)
);
create index sample_files_row on sample_files (row_id);
create index sample_files_sha256 on sample_files (sha256);

-- Files that people sent for a sample: scanned, put out of reach and kept from destruction like evidence.
create view sample_contents as
select f.sha256, f.file_name, s.collection_id, f.by_person from sample_files f join sample_rows r on r.id = f.row_id join samples s on s.id = r.sample_id
union all select s.original_sha256, s.original_name, s.collection_id, s.by_person from samples s where s.original_sha256 is not null;

grant select, insert on sample_sizes, sample_results to ${app};
grant select, insert, update on samples, sample_rows, sample_files to ${app};
grant select on sample_contents to ${app};
select trail.watch('samples', '{name,origin,completeness,original_name,size_reason,seed_from,closing}');
select trail.watch('sample_rows', '{cells,replace_reason}');
select trail.watch('sample_results', '{note,link}');
select trail.watch('sample_files', '{file_name}');
