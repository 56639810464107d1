-- Room: Trail
-- A personal value that is gone is as it should be only when an act says that it was erased; the act and the erasing are one transaction.

-- For the owner alone: nobody else may execute it. Erases the value and its salt, without which a short value could be guessed from the commitment.
-- False when an act has said so already; no such value is an error.
create function trail.erase_value(p_entry bigint, p_side text, p_name text, p_why text default null) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare v_subject text := 'entry:' || p_entry || '/' || p_side || '/' || p_name;
begin
    perform from trail.entry_values where entry_id = p_entry and side = p_side and name = p_name for update;
    if not found then
        raise exception 'entry % keeps no personal value % (%)', p_entry, p_name, p_side using errcode = 'P0002';
    end if;
    if exists (select from trail.entries where subject = v_subject and what = 'trail.valueErased') then
        return false;
    end if;
    update trail.entry_values set value = null, salt = '00000000-0000-0000-0000-000000000000' where entry_id = p_entry and side = p_side and name = p_name;
    perform trail.act('trail.valueErased', v_subject, null, p_why);
    return true;
end $$;
revoke execute on function trail.erase_value(bigint, text, text, text) from public;

-- What records the trail, as the catalogue has it. Everything that can keep an entry from being written, hide it or let it be changed is part of it: triggers of any name, rules,
-- row security, rights of the schema, of tables and of single columns, and a setting that keeps triggers from firing. Object ids and row versions are part of it, so what was dropped
-- or switched off and made again differs from what stood there before. The migration's own end keeps the new fingerprint (trail.guard).
create or replace function trail.fingerprint() returns text language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    with tables as (select c.*, n.nspname::text as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where n.nspname in ('trail', 'public') and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S'))
    select encode(sha256(convert_to(string_agg(part, E'\n' order by part collate "C"), 'UTF8')), 'hex') from (
        select 'trigger ' || tgrelid::regclass::text || ' ' || tgname::text || ' ' || t.oid::text || ' ' || t.xmin::text || ' ' || tgenabled::text || ' ' || tgfoid::text as part
        from pg_trigger t join tables c on c.oid = t.tgrelid where not tgisinternal
        union all
        select 'rule ' || ev_class::regclass::text || ' ' || rulename::text || ' ' || r.oid::text || ' ' || r.xmin::text || ' ' || ev_enabled::text
        from pg_rewrite r join tables c on c.oid = r.ev_class
        union all
        select 'policy ' || polrelid::regclass::text || ' ' || polname::text || ' ' || p.oid::text || ' ' || p.xmin::text from pg_policy p join tables c on c.oid = p.polrelid
        union all
        select 'row security ' || c.oid::regclass::text || ' ' || relforcerowsecurity::text from tables c where relrowsecurity or relforcerowsecurity
        union all
        select 'function ' || p.proname::text || ' ' || p.oid::text || ' ' || p.xmin::text || ' ' || p.proowner::text || ' ' || md5(prosrc) || ' ' || coalesce(proacl::text, '')
        from pg_proc p where pronamespace = 'trail'::regnamespace
        union all
        select 'schema ' || nspowner::text || ' ' || coalesce(nspacl::text, '') from pg_namespace where nspname = 'trail'
        union all
        select 'table ' || relname::text || ' ' || relkind::text || ' ' || c.oid::text || ' ' || relowner::text || ' ' || coalesce(relacl::text, '') from tables c where schema = 'trail'
        union all
        select 'column ' || relname::text || ' ' || attname::text || ' ' || attacl::text from pg_attribute a join tables c on c.oid = a.attrelid where schema = 'trail' and attacl is not null
        union all
        select 'setting ' || setrole::text || ' ' || s.setting from pg_db_role_setting d cross join unnest(d.setconfig) s(setting)
        where setdatabase in (0, (select oid from pg_database where datname = current_database())) and s.setting like 'session\_replication\_role=%') parts $$;
