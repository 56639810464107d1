-- What every room stands on: what this installation is, the business clock, and the register of stored files.
create extension if not exists btree_gist;
create schema trail;

create table installation (
    id           int primary key default 1 check (id = 1),
    is_demo      boolean not null default false,
    demo_loaded  boolean not null default false,
    -- Begun with --empty: it stays a real installation, also while nobody has come in yet.
    begun_empty  boolean not null default false,
    created_at   timestamptz not null default now()
);
insert into installation default values;

-- An offset to the system clock, so that the business clock runs on after it was set. Always 0 outside a demo.
create table business_clock (
    id        int primary key default 1 check (id = 1),
    offset_us bigint not null default 0
);
insert into business_clock default values;

create function business_now() returns timestamptz language sql stable as
$$ select clock_timestamp() + offset_us * interval '1 microsecond' from public.business_clock $$;

create function tokyo_date(instant timestamptz) returns date language sql immutable as
$$ select (instant at time zone 'Asia/Tokyo')::date $$;

-- A blob is referenced while it has a row here; the sweeper takes only files that have none.
create table blobs (
    sha256     text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
    size       bigint not null check (size >= 0),
    created_at timestamptz not null
);

grant usage on schema public to ${app};
grant select, update on installation, business_clock to ${app};
grant select, insert on blobs to ${app};
