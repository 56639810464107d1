-- The sealed trail: Merkle batches over `canonical`, chained. Bytes and rules are specified in Trail/README.md.

-- An id may be sealed once every transaction that could still commit one as small has ended. For that a transaction must have its
-- number before it takes an id; row triggers have it from the write itself, acts did not.
create or replace function trail.act(what text, subject text, facts jsonb default null, comment text default null) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
    v_tx xid8 := pg_current_xact_id();
    v_id bigint := nextval('trail.entry_ids');
    v_actor text := trail.actor();
    v_request text := coalesce(current_setting('audit.request', true), '');
    v_recorded timestamptz := clock_timestamp();
    v_at timestamptz := trail.business(v_recorded);
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

create table trail.seals (
    number     bigint primary key,
    from_id    bigint not null,
    through_id bigint not null check (through_id >= from_id),
    entries    int not null check (entries > 0),
    root       bytea not null,
    previous   bytea not null,
    head       bytea not null,
    sealed_at  timestamptz not null,
    -- The leaves side by side, 32 bytes each. The root covers them; they let a verifier name the entry that was changed.
    leaves     bytea not null
);
alter table trail.seals alter column leaves set storage external;

-- How far ids had been given out at some moment, and a transaction that began later than all that had taken one of them.
create table trail.seal_mark (id int primary key default 1 check (id = 1), through_id bigint not null, xid xid8 not null);

-- Time stamps of heads by an outside authority (RFC 3161).
create table trail.anchors (
    number     bigint primary key,
    head       bytea not null,
    authority  text not null,
    stamped_at timestamptz not null,
    token      bytea not null
);

-- The root of a Merkle tree over these leaf hashes: pairs level by level, an odd last one goes up as it is (RFC 9162 §2.1.1).
create function trail.merkle_root(p_hashes bytea[]) returns bytea language plpgsql immutable as $$
declare v_hashes bytea[] := p_hashes;
begin
    while cardinality(v_hashes) > 1 loop
        select array_agg(case when i < cardinality(v_hashes) then sha256('\x01'::bytea || v_hashes[i] || v_hashes[i + 1]) else v_hashes[i] end order by i)
          into v_hashes from generate_series(1, cardinality(v_hashes), 2) i;
    end loop;
    return v_hashes[1];
end $$;

-- What a head hashes.
create function trail.seal_text(p_number bigint, p_from bigint, p_through bigint, p_entries int, p_root bytea, p_sealed_at timestamptz, p_previous bytea) returns text language sql stable as $$
    select 'seal1;' || p_number || ';' || p_from || ';' || p_through || ';' || p_entries || ';' || encode(p_root, 'hex') || ';' || trail.us(p_sealed_at) || ';' || encode(p_previous, 'hex') $$;

-- Seals what can no longer change and returns how many batches it made. Never waits for a writer, and no writer waits for it.
create function trail.seal(p_batch int default 4096) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
    v_given bigint; v_own xid8; v_mark trail.seal_mark; v_last trail.seals; v_made int := 0; v_ids bigint[]; v_leaves bytea[]; v_through bigint; v_root bytea; v_at timestamptz;
begin
    -- First how far ids have been given out, then our own number: every transaction that has taken one of these ids has a smaller number than
    -- ours. (Not the snapshot's xmax: that is one past the last transaction that ended, and a running one may be beyond it.)
    if pg_current_xact_id_if_assigned() is not null then
        raise exception 'seal in a transaction of its own' using errcode = '25001';
    end if;
    if not pg_try_advisory_xact_lock(4706336498176512) then
        return 0;
    end if;
    select last_value into v_given from trail.entry_ids;
    v_own := pg_current_xact_id();
    select * into v_mark from trail.seal_mark;
    if v_mark.xid <= pg_snapshot_xmin(pg_current_snapshot()) then
        select * into v_last from trail.seals order by number desc limit 1;
        v_last.number := coalesce(v_last.number, 0);
        v_last.through_id := coalesce(v_last.through_id, 0);
        v_last.head := coalesce(v_last.head, decode(repeat('00', 32), 'hex'));
        loop
            select array_agg(e.id order by e.id), array_agg(sha256('\x00'::bytea || e.canonical) order by e.id) into v_ids, v_leaves
            from (select id, canonical from trail.entries where id > v_last.through_id and id <= v_mark.through_id order by id limit greatest(p_batch, 1)) e;
            exit when v_ids is null;
            v_through := case when cardinality(v_ids) < p_batch then v_mark.through_id else v_ids[cardinality(v_ids)] end;
            v_root := trail.merkle_root(v_leaves);
            v_at := clock_timestamp();
            insert into trail.seals (number, from_id, through_id, entries, root, previous, head, sealed_at, leaves)
            values (v_last.number + 1, v_last.through_id + 1, v_through, cardinality(v_ids), v_root, v_last.head,
                sha256(convert_to(trail.seal_text(v_last.number + 1, v_last.through_id + 1, v_through, cardinality(v_ids), v_root, v_at, v_last.head), 'UTF8')), v_at,
                decode((select string_agg(encode(leaf, 'hex'), '' order by i) from unnest(v_leaves) with ordinality l(leaf, i)), 'hex'))
            returning * into v_last;
            v_made := v_made + 1;
        end loop;
    elsif v_mark.xid < v_own then
        -- Somebody who wrote before the mark is still writing: it stands until they have ended. (A mark of another server, after a restore, is made anew.)
        return 0;
    end if;
    insert into trail.seal_mark (through_id, xid) values (v_given, v_own) on conflict (id) do update set through_id = excluded.through_id, xid = excluded.xid;
    return v_made;
end $$;

-- Keeps the time stamp of a head that stands in the chain; once.
create function trail.anchor(p_number bigint, p_authority text, p_stamped_at timestamptz, p_token bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into trail.anchors (number, head, authority, stamped_at, token)
    select s.number, s.head, p_authority, p_stamped_at, p_token from trail.seals s where s.number = p_number
    on conflict (number) do nothing;
    return found;
end $$;

-- What records the trail, as the catalogue has it: triggers, functions, rights. Object ids and row versions are part of it, so what was
-- dropped or switched off and made again differs from what stood there before.
create function trail.fingerprint() returns text language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select encode(sha256(convert_to(string_agg(part, E'\n' order by part collate "C"), 'UTF8')), 'hex') from (
        select 'trigger ' || tgrelid::regclass::text || ' ' || tgname::text || ' ' || t.oid::text || ' ' || t.xmin::text || ' ' || tgenabled::text || ' ' || tgfoid::text as part from pg_trigger t where tgname like 'trail\_%' and not tgisinternal
        union all
        select 'function ' || p.proname::text || ' ' || p.oid::text || ' ' || p.xmin::text || ' ' || p.proowner::text || ' ' || md5(prosrc) || ' ' || coalesce(proacl::text, '')
        from pg_proc p where pronamespace = 'trail'::regnamespace
        union all
        select 'table ' || relname::text || ' ' || c.oid::text || ' ' || relowner::text || ' ' || coalesce(relacl::text, '') from pg_class c where relnamespace = 'trail'::regnamespace and relkind in ('r', 'S')) parts $$;

-- Writes the fingerprint into the trail, when it is not the last one written. For the owner: after migrations and after a restore.
create function trail.guard(p_why text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare v_now text := trail.fingerprint();
begin
    if v_now = (select fingerprint from trail.guards order by entry_id desc limit 1) then
        return false;
    end if;
    insert into trail.guards (entry_id, fingerprint) select trail.act('trail.guarded', 'trail', jsonb_build_object('why', p_why, 'fingerprint', v_now)), v_now;
    return true;
end $$;
create table trail.guards (entry_id bigint primary key, fingerprint text not null);

revoke execute on all functions in schema trail from public;
grant select on trail.seals, trail.seal_mark, trail.anchors, trail.guards, trail.entry_ids to ${app};
grant execute on function trail.act(text, text, jsonb, text), trail.seal(int), trail.anchor(bigint, text, timestamptz, bytea), trail.fingerprint() to ${app};
