-- The trail: acts (written through trail.act) and rows (written by statement triggers that trail.watch makes).
-- Bytes and rules are specified in Trail/README.md; what is sealed later is `canonical`, never the columns beside it.
create sequence trail.entry_ids;

create table trail.entries (
    id          bigint primary key,
    tx          xid8 not null,
    at          timestamptz not null,
    recorded_at timestamptz not null,
    actor       text not null,
    request     text not null,
    kind        text not null check (kind in ('act', 'row')),
    what        text not null,
    subject     text not null,
    canonical   bytea not null
);
create index entries_subject on trail.entries (subject, id);
create index entries_actor on trail.entries (actor, id);
-- People read acts; a plan of a year is a hundred thousand rows between two of them. One instant a statement keeps entries_at small.
create index entries_acts on trail.entries (id) where kind = 'act';
create index entries_at on trail.entries (at);

-- Personal values stand only here; the entry holds a salted commitment, so erasing a value breaks no proof.
-- No foreign key: entry and values are written by one statement of one function, and its check costs a quarter of a large import.
create table trail.entry_values (
    entry_id bigint not null,
    side     text not null check (side in ('before', 'after')),
    name     text not null,
    salt     uuid not null,
    value    text,
    primary key (entry_id, side, name)
);

-- Tables that leave no rows in the trail, each with its reason. A test holds every table against this list and the triggers.
create table trail.exempt_tables (name text primary key, reason text not null);

-- The planner must be able to inline n, v and c, or each cell costs a function call: no part may be less stable than its function
-- (int || text and convert_to are only stable), and there may be no SET.
create function trail.n(value text) returns text language sql immutable as
$$ select octet_length(value)::text || ':' || value || ',' $$;

create function trail.v(value text) returns text language sql immutable as
$$ select case when value is null then '-' else '=' || octet_length(value)::text || ':' || value || ',' end $$;

create function trail.c(salt uuid, value text) returns text language sql stable as
$$ select case when value is null then '-'
     else '#64:' || encode(sha256(uuid_send(salt) || convert_to(value, 'UTF8')), 'hex') || ',' end $$;

create function trail.us(instant timestamptz) returns text language sql stable as
$$ select (extract(epoch from instant) * 1000000)::bigint::text $$;

-- The business instant of a system instant; without a set clock the two are equal to the microsecond.
create function trail.business(recorded timestamptz) returns timestamptz language sql stable as
$$ select recorded + offset_us * interval '1 microsecond' from public.business_clock $$;

-- The refusal of a write without an actor.
create function trail.actor() returns text language plpgsql stable as $$
declare actor text := current_setting('audit.actor', true);
begin
    if coalesce(actor, '') = '' then
        raise exception 'a write needs an actor: open a unit of work' using errcode = 'AT001';
    end if;
    return actor;
end $$;

create function trail.act(what text, subject text, facts jsonb default null, comment text default null) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
    v_id bigint := nextval('trail.entry_ids');
    v_actor text := trail.actor();
    v_request text := coalesce(current_setting('audit.request', true), '');
    v_recorded timestamptz := clock_timestamp();
    v_at timestamptz := trail.business(v_recorded);
    v_tx xid8 := pg_current_xact_id();
    v_salt uuid := gen_random_uuid();
    v_after text := '';
begin
    if facts ? 'comment' then
        raise exception 'a comment is a personal value: hand it in as the comment' using errcode = '22023';
    end if;
    select coalesce(string_agg(trail.n(f.key) || f.encoded, '' order by f.key collate "C"), '') into v_after from (
        select key, trail.v(value) as encoded from jsonb_each_text(coalesce(facts, '{}'::jsonb))
        union all select 'comment', trail.c(v_salt, comment) where comment is not null) f;
    insert into trail.entries (id, tx, at, recorded_at, actor, request, kind, what, subject, canonical)
    values (v_id, v_tx, v_at, v_recorded, v_actor, v_request, 'act', what, subject, convert_to(
        '1;' || trail.n(v_id::text) || trail.n(v_tx::text) || trail.n(trail.us(v_at)) || trail.n(trail.us(v_recorded))
        || trail.n(v_actor) || trail.n(v_request) || '3:act,' || trail.n(what) || trail.n(subject) || '-' || '{' || v_after || '}', 'UTF8'));
    if comment is not null then
        insert into trail.entry_values (entry_id, side, name, salt, value) values (v_id, 'after', 'comment', v_salt, comment);
    end if;
    return v_id;
end $$;

-- The statement of one trigger: entries made of `source`, whose rows carry their "entry id"; with personal columns also their values.
-- Only then must the source stand still between the two inserts.
create function trail.record(p_what text, p_source text, p_subject text, p_maps text, p_values text) returns text language sql immutable as $do$
    select case when p_values is null then format('%s from (%s) r', entries, p_source)
                else format('with r as materialized (%s), e as (%s from r) insert into trail.entry_values (entry_id, side, name, salt, value) %s', p_source, entries, p_values) end
    from (select format($f$ insert into trail.entries (id, tx, at, recorded_at, actor, request, kind, what, subject, canonical)
        select r."entry id", v_tx, v_at, v_recorded, v_actor, v_request, 'row', %1$L, %2$s,
               convert_to('1;' || trail.n(r."entry id"::text) || v_common || %3$L || trail.n(%2$s) || %4$s, 'UTF8') $f$, p_what, p_subject, trail.n(p_what), p_maps) as entries) made
$do$;

-- Makes (again) the three statement triggers of one table. Columns are written out, so no json is built per row.
-- A migration that changes a watched table's columns must call this again.
create function trail.watch(p_table text, p_personal text[] default '{}', p_exempt text[] default '{}') returns void
language plpgsql as $do$
declare
    v_columns text[]; v_key text[]; v_personal text[];
    v_subject text; v_declare text; v_begin text; v_salts text; v_cells text; v_values text; v_pairs text; v_changed text; v_select text;
    v_side text;
begin
    select array_agg(attname::text order by attname::text collate "C") into v_columns from pg_attribute
    where attrelid = ('public.' || p_table)::regclass and attnum > 0 and not attisdropped and attname <> all (p_exempt);
    select array_agg(a.attname::text order by array_position(i.indkey::int[], a.attnum::int)) into v_key
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
    where i.indrelid = ('public.' || p_table)::regclass and i.indisprimary;
    select coalesce(array_agg(c order by c collate "C"), '{}') into v_personal from unnest(v_columns) c where c = any (p_personal);
    if exists (select 1 from unnest(p_personal || p_exempt) c where not exists (
        select 1 from pg_attribute where attrelid = ('public.' || p_table)::regclass and attname = c)) then
        raise exception 'trail.watch(%): a named column does not exist', p_table;
    end if;

    v_declare := $d$ declare v_actor text := trail.actor(); v_request text := coalesce(current_setting('audit.request', true), '');
        v_recorded timestamptz := clock_timestamp(); v_at timestamptz := trail.business(v_recorded); v_tx xid8 := pg_current_xact_id(); v_common text; $d$;
    v_begin := $d$ begin
        v_common := trail.n(v_tx::text) || trail.n(trail.us(v_at)) || trail.n(trail.us(v_recorded)) || trail.n(v_actor) || trail.n(v_request) || '3:row,'; $d$;

    foreach v_side in array array['insert', 'delete'] loop
        select string_agg(format('r.%I::text', k), ' || ''/'' || ') into v_subject from unnest(v_key) k;
        v_subject := format('%L || %s', p_table || '/', v_subject);
        select string_agg(format(', case when s.%I is not null then gen_random_uuid() end as %I', c, 'salt ' || c), '') into v_salts from unnest(v_personal) c;
        select string_agg(case when c = any (v_personal)
            then format('%L || trail.c(r.%I, r.%I::text)', trail.n(c), 'salt ' || c, c)
            else format('%L || trail.v(r.%I::text)', trail.n(c), c) end, ' || ' order by c collate "C") into v_cells from unnest(v_columns) c;
        select string_agg(format('select r."entry id", %L, %L, r.%I, r.%I::text from r where r.%I is not null',
            case v_side when 'insert' then 'after' else 'before' end, c, 'salt ' || c, c, 'salt ' || c), ' union all ') into v_values from unnest(v_personal) c;
        v_cells := '''{'' || ' || v_cells || ' || ''}''';
        execute format($f$
            create or replace function trail.%I() returns trigger language plpgsql security definer
            set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, YMD' as $fn$ %s %s
                %s;
                return null;
            end $fn$ $f$,
            p_table || '_' || v_side, v_declare, v_begin, trail.record(p_table || '.' || v_side,
                format('select nextval(''trail.entry_ids'') as "entry id", s.* %s from changed s', v_salts), v_subject,
                case v_side when 'insert' then '''-'' || ' || v_cells else v_cells || ' || ''-''' end, v_values));
        execute format('revoke execute on function trail.%I() from public', p_table || '_' || v_side);
        execute format('drop trigger if exists %I on public.%I', 'trail_' || v_side, p_table);
        execute format('create trigger %I after %s on public.%I referencing %s table as changed for each statement execute function trail.%I()',
            'trail_' || v_side, v_side, p_table, case v_side when 'insert' then 'new' else 'old' end, p_table || '_' || v_side);
    end loop;

    -- An update records only what changed; one that touches exempt columns alone leaves no entry. Keys never change.
    select string_agg(format('o.%I as %I, n.%I as %I', c, 'o ' || c, c, 'n ' || c), ', '),
           string_agg(format('o.%I is distinct from n.%I', c, c), ' or ')
      into v_pairs, v_changed from unnest(v_columns) c;
    select string_agg(format('r.%I::text', 'n ' || k), ' || ''/'' || ') into v_subject from unnest(v_key) k;
    v_subject := format('%L || %s', p_table || '/', v_subject);
    select string_agg(format(', case when o.%1$I is distinct from n.%1$I and o.%1$I is not null then gen_random_uuid() end as %2$I, case when o.%1$I is distinct from n.%1$I and n.%1$I is not null then gen_random_uuid() end as %3$I',
        c, 'so ' || c, 'sn ' || c), '') into v_salts from unnest(v_personal) c;
    v_select := '';
    foreach v_side in array array['o', 'n'] loop
        select v_select || case v_side when 'n' then ' || ' else '' end || '''{'' || ' || string_agg(format('case when r.%I is distinct from r.%I then %L || %s else '''' end', 'o ' || c, 'n ' || c, trail.n(c),
            case when c = any (v_personal) then format('trail.c(r.%I, r.%I::text)', 's' || v_side || ' ' || c, v_side || ' ' || c)
                 else format('trail.v(r.%I::text)', v_side || ' ' || c) end), ' || ' order by c collate "C") || ' || ''}''' into v_select from unnest(v_columns) c;
    end loop;
    select string_agg(format('select r."entry id", ''before'', %1$L, r.%2$I, r.%3$I::text from r where r.%2$I is not null union all select r."entry id", ''after'', %1$L, r.%4$I, r.%5$I::text from r where r.%4$I is not null',
        c, 'so ' || c, 'o ' || c, 'sn ' || c, 'n ' || c), ' union all ') into v_values from unnest(v_personal) c;
    execute format($f$
        create or replace function trail.%I() returns trigger language plpgsql security definer
        set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO, YMD' as $fn$ %s %s
            %s;
            return null;
        end $fn$ $f$,
        p_table || '_update', v_declare, v_begin, trail.record(p_table || '.update',
            format('select nextval(''trail.entry_ids'') as "entry id", %s %s from old_rows o join new_rows n on (%s) where %s', v_pairs, v_salts,
                (select string_agg(format('o.%I = n.%I', k, k), ' and ') from unnest(v_key) k), v_changed), v_subject, v_select, v_values));
    execute format('revoke execute on function trail.%I() from public', p_table || '_update');
    execute format('drop trigger if exists trail_update on public.%I', p_table);
    execute format('create trigger trail_update after update on public.%I referencing old table as old_rows new table as new_rows for each statement execute function trail.%I()',
        p_table, p_table || '_update');
end $do$;

revoke execute on all functions in schema trail from public;
grant usage on schema trail to ${app};
grant select on trail.entries, trail.entry_values, trail.exempt_tables to ${app};
grant execute on function trail.act(text, text, jsonb, text) to ${app};

select trail.watch('installation');
select trail.watch('business_clock');
select trail.watch('blobs');
