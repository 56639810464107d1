-- Room: Trail
-- Verifications of the trail that somebody asked for on the page, or that came round by the week. One at a time is enough: it reads everything.
create table trail_verifications (
    id          bigint generated always as identity primary key,
    -- Null: by the week.
    by_account  bigint references accounts (id),
    asked_at    timestamptz not null,
    -- The system's own instant: a demo that moves the business clock brings no week about.
    made_at     timestamptz not null default clock_timestamp(),
    state       text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
    attempts    int not null default 0,
    stage       text not null default '',
    done        bigint not null default 0,
    total       bigint not null default 0,
    lease_until timestamptz,
    error       text,
    finished_at timestamptz,
    took_ms     bigint,
    entries     bigint,
    seals       bigint,
    checked_rows bigint,
    head        bytea,
    -- How many findings, and the first of them: kind, place, detail as the trail's own keys.
    findings    int,
    first_kind  text,
    first_where text,
    first_detail text
);
create unique index trail_verifications_open on trail_verifications ((true)) where state in ('queued', 'running');

grant select, insert, update on trail_verifications to ${app};

select trail.watch('trail_verifications', '{}', '{attempts,stage,done,total,lease_until}');

-- Rows that were there before their table was watched have no entry that tells of their beginning: written down here once, so that every other row without one
-- is known to have been added past the trail. A later migration that fills a table before it watches it does the same.
do $do$
declare v_table text; v_subject text; v_rows text;
begin
    perform set_config('audit.actor', 'operator:migrate', true);
    for v_table, v_subject in
        select c.relname::text, format('%L || %s', c.relname || '/', (select string_agg(format('r.%I::text', a.attname), ' || ''/'' || ' order by array_position(i.indkey::int[], a.attnum::int))
            from pg_attribute a where a.attrelid = c.oid and a.attnum = any (i.indkey)))
        from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_index i on i.indrelid = c.oid and i.indisprimary
        where t.tgname = 'trail_insert' and c.relnamespace = 'public'::regnamespace order by 1
    loop
        execute format('select string_agg(s.subject, E''\n'' order by s.subject collate "C") from (select %s as subject from public.%I r) s where not exists (select from trail.entries e where e.subject = s.subject and e.what = %L)',
            v_subject, v_table, v_table || '.insert') into v_rows;
        if v_rows is not null then
            perform trail.act('trail.rowsKnown', 'table:' || v_table, jsonb_build_object('rows', v_rows));
        end if;
    end loop;
end $do$;
