-- Room: Trail
-- Sealing waits for every transaction of the server. PostgreSQL shows when one began to its own role only: this tells it for the owner's (migrations, backups), beside what the app sees of its own.
create function trail.began(p_xid bigint) returns timestamptz language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
    select min(xact_start) from pg_stat_activity where backend_xid::text::bigint = p_xid $$;
revoke execute on function trail.began(bigint) from public;
grant execute on function trail.began(bigint) to ${app};
