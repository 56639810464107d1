-- Frameworks, their items and the mapping are loaded from templates/frameworks; controls are the company's own treatment.
create table frameworks (
    key        text primary key,
    title_ja   text not null,
    title_en   text not null,
    -- Short name for tabs and lists: ISO/IEC 27001, Pマーク …
    short_ja   text not null,
    short_en   text not null,
    edition    text not null,
    -- Shown and mapped, not counted (ISO/IEC 27001:2013).
    archived   boolean not null default false,
    -- A reference without owners (APPI annex).
    reference  boolean not null default false,
    position   int not null,
    source_sha256 text not null
);

-- The groups a framework's item list can be narrowed to.
create table themes (
    framework text not null references frameworks (key),
    key       text not null,
    title_ja  text not null,
    title_en  text not null,
    position  int not null,
    primary key (framework, key)
);

create table items (
    framework       text not null references frameworks (key),
    ref             text not null,
    official_ref    text not null,
    title_ja        text not null,
    title_en        text not null,
    -- Clause order: the order of the file.
    position        int not null,
    is_group        boolean not null default false,
    shown           boolean not null default true,
    unverified_ja   boolean not null default false,
    unverified_en   boolean not null default false,
    theme           text not null default '',
    excludable      text not null check (excludable in ('yes', 'na', 'no')),
    -- 'signature': a bare statement does not cover it (design §6).
    needs_proof     text,
    primary key (framework, ref)
);
create unique index items_order on items (framework, position);

create table item_mappings (
    from_framework text not null,
    from_ref       text not null,
    to_framework   text not null,
    to_ref         text not null,
    strength       text not null check (strength in ('equivalent', 'partial', 'related')),
    note           text,
    primary key (from_framework, from_ref, to_framework, to_ref),
    foreign key (from_framework, from_ref) references items (framework, ref),
    foreign key (to_framework, to_ref) references items (framework, ref)
);
create index item_mappings_back on item_mappings (to_framework, to_ref);

-- The current treatment of an item; a row exists for every assessable item. controls caches the newest control_versions row.
create table controls (
    framework      text not null,
    ref            text not null,
    applicable     boolean not null default true,
    reason         text not null default '',
    owner_id       bigint references people (id),
    implementation text not null default '',
    version        int not null default 1,
    primary key (framework, ref),
    foreign key (framework, ref) references items (framework, ref)
);
create index controls_owner on controls (owner_id);

-- Append-only: what was true of a control from an instant on.
create table control_versions (
    framework      text not null,
    ref            text not null,
    version        int not null,
    applicable     boolean not null,
    reason         text not null,
    owner_id       bigint references people (id),
    implementation text not null,
    by_account     bigint references accounts (id),
    at             timestamptz not null,
    primary key (framework, ref, version),
    foreign key (framework, ref) references controls (framework, ref)
);

grant select, insert, update on frameworks, themes, items, controls to ${app};
grant select, insert, update, delete on item_mappings to ${app};
grant select, insert on control_versions to ${app};

select trail.watch('frameworks');
select trail.watch('themes');
select trail.watch('items');
select trail.watch('item_mappings');
select trail.watch('controls', '{reason,implementation}');
select trail.watch('control_versions', '{reason,implementation}');
