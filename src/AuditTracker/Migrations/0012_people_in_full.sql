-- People in full: files of any heads, leave, events that correct earlier ones, departments and concurrent posts from files.

-- Leave (休職) by date; the kinds are data.
create table leave_kinds (
    code     text primary key,
    name_ja  text not null,
    name_en  text not null,
    position int not null
);
insert into leave_kinds values ('sick', '私傷病休職', 'Sick leave', 1), ('maternity', '産前産後休業', 'Maternity leave', 2), ('childcare', '育児休業', 'Childcare leave', 3),
    ('care', '介護休業', 'Family care leave', 4), ('study', '自己啓発等休職', 'Study leave', 5), ('other', 'その他の休職', 'Other leave', 6);
create table leaves (
    id        bigint generated always as identity primary key,
    person_id bigint not null references people (id),
    kind      text not null references leave_kinds (code),
    from_on   date not null,
    -- The last day of leave, included; null = until further notice.
    to_on     date,
    constraint leaves_order check (to_on >= from_on),
    constraint leaves_once exclude using gist (person_id with =, daterange(from_on, to_on, '[]') with &&) deferrable initially immediate
);
grant select, insert, delete on leave_kinds to ${app};
grant select, insert, update, delete on leaves to ${app};
select trail.watch('leave_kinds');
select trail.watch('leaves', '{kind}');

-- A fact is told once. One that was wrong is not rewritten: a later event corrects it and says which.
alter table people_events add column leave_id bigint, add column corrects_id bigint references people_events (id);
do $$
begin
    -- What was told before this rule stays as it was told.
    execute format('create unique index people_events_fact on people_events (person_id, kind, happened_on, leave_id, corrects_id) nulls not distinct where id > %s', (select coalesce(max(id), 0) from people_events));
end $$;
create index people_events_corrects on people_events (corrects_id) where corrects_id is not null;
create index people_events_kind on people_events (kind, happened_on);
select trail.watch('people_events');

-- What the columns of a file hold when its heads alone do not tell, remembered per set of heads.
create table people_column_maps (
    id          bigint generated always as identity primary key,
    headers_key text not null constraint people_column_maps_key unique,
    headers     text not null,
    layout      text not null,
    by_account  bigint,
    at          timestamptz not null
);
grant select, insert, update on people_column_maps to ${app};
select trail.watch('people_column_maps');

-- How a waiting file is read: the sheet of a workbook and what its columns hold, if somebody chose; lines left out when it was applied.
-- A file is one of people, or one of departments or concurrent posts (structure).
alter table people_imports add column sheet text, add column layout text, add column skipped int,
    add column kind text not null default 'people' check (kind in ('people', 'structure'));
select trail.watch('people_imports', '{file_name}', '{content}');

-- What was done about a leaver: the counterpart of a "left" event (design §3).
create table leaver_handovers ( -- Evidence
    event_id    bigint primary key references people_events (id),
    person_id   bigint not null references people (id),
    -- Who is proposed as the next owner of their requests: the manager of the last day, else the department's head; null = nobody is left.
    proposed_id bigint references people (id),
    collections int not null,
    requests    int not null,
    at          timestamptz not null
);
grant select, insert on leaver_handovers to ${app};
select trail.watch('leaver_handovers');
