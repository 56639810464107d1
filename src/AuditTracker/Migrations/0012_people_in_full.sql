-- People in full: files of any heads, leave, events that correct earlier ones, departments and concurrent posts from files.

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
