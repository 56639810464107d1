-- Room: Evidence
-- Recurrences in full: daily, weekly, days of a month, every so many months, and what happens to a person (domain.md §13.3); what was planned
-- before keeps its version.

alter table request_versions
    drop constraint request_versions_every_check,
    add constraint request_versions_every_check check (every in ('day', 'week', 'month', 'quarter', 'half', 'year', 'months', 'event')),
    -- Every so many months; 0 unless every is 'months'.
    add column every_months int not null default 0,
    -- The day within the period from which is counted; empty: its last. Of events: which.
    add column on_day text not null default '',
    -- What becomes of a due date on a closed day.
    add column due_shift text not null default 'previous' check (due_shift in ('previous', 'next', 'none')),
    add constraint request_versions_months check ((every = 'months') = (every_months between 2 and 60) and every_months between 0 and 60),
    add constraint request_versions_event check (every <> 'event' or on_day in ('joined', 'left', 'transferred'));

-- Two versions with the same key have the same periods with the same dates: the few hundred keys are expanded once, whatever the number of requests.
-- Blocks of months are counted from the month of the start.
alter table request_versions add column plan_key text not null generated always as (
    every || '|' || every_months::text || '|' || on_day || '|' || opens_offset::text || '|' || due_offset::text || '|' || due_unit || '|' || due_shift
    || case when every = 'months' then '|' || ((extract(year from start_on)::int * 12 + extract(month from start_on)::int) % nullif(every_months, 0))::text else '' end) stored;

-- What happened, of a collection asked for because of it; each event once a request. Somebody's first day may be somebody else's too.
alter table collections
    add column event_id bigint references people_events (id),
    -- When it was to open, of an occurrence that was moved before it did; null: it was not.
    add column planned_opens_on date,
    drop constraint collections_period,
    add constraint collections_period unique nulls not distinct (request_id, period_from, period_to, event_id);
create unique index collections_event on collections (request_id, event_id) where event_id is not null;

-- An occurrence that was moved: when it was to open, and when it does.
alter table collection_notes add column opens_on date, add column opens_before date;

select trail.watch('request_versions', '{}', '{plan_key}');
select trail.watch('collections');
select trail.watch('collection_notes', '{words}');

-- What an occurrence is called: the request's title, and whom it is about.
create function collection_title(title text, event bigint) returns text language sql stable parallel safe as
$$ select case when event is null then title else title || coalesce((select '（' || p.name || '）' from people_events e join people p on p.id = e.person_id where e.id = event), '') end $$;
grant execute on function collection_title(text, bigint) to ${app};

-- "Once a year" leaves so many months beyond twelve between two completions (domain.md §3.6).
alter table notice_rules add column grace_months int not null default 1 check (grace_months between 0 and 6);
select trail.watch('notice_rules');
