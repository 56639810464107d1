-- People, departments, posts and managers, all by date (domain.md §13, §19.4). Last days are inclusive.
create table departments (
    id   bigint generated always as identity primary key,
    code text not null constraint departments_code unique
);

create table people (
    id              bigint generated always as identity primary key,
    employee_no     text not null constraint people_employee_no unique,
    name            text not null,
    name_kana       text not null default '',
    -- NFKC and kana folded, for searching only; the name itself stays as typed.
    name_key        text not null,
    email           text not null,
    email_key       text not null,
    employment_type text not null default '',
    language        text not null default 'ja' check (language in ('ja', 'en')),
    hired_on        date not null,
    left_on         date,
    version         int not null default 1,
    constraint people_left_after_hired check (left_on >= hired_on),
    -- An address may be given again after its holder has left. Checked at the end of a statement: two people may swap theirs.
    constraint people_email_key exclude using gist (email_key with =, daterange(hired_on, left_on, '[]') with &&) deferrable initially immediate
);
create index people_email on people (email_key);
create index people_kana on people (name_kana, id);

create table department_versions (
    id            bigint generated always as identity primary key,
    department_id bigint not null references departments (id),
    name          text not null,
    parent_id     bigint references departments (id),
    head_id       bigint references people (id),
    from_on       date not null,
    to_on         date,
    constraint department_versions_once exclude using gist (department_id with =, daterange(from_on, to_on, '[]') with &&) deferrable initially immediate
);

create table posts (
    id            bigint generated always as identity primary key,
    person_id     bigint not null references people (id),
    department_id bigint not null references departments (id),
    title         text not null default '',
    is_primary    boolean not null default true,
    from_on       date not null,
    to_on         date,
    constraint posts_once exclude using gist (person_id with =, department_id with =, daterange(from_on, to_on, '[]') with &&) deferrable initially immediate
);
create index posts_department on posts (department_id);

create table managers (
    id         bigint generated always as identity primary key,
    person_id  bigint not null references people (id),
    manager_id bigint not null references people (id),
    from_on    date not null,
    to_on      date,
    constraint managers_not_self check (manager_id <> person_id),
    constraint managers_once exclude using gist (person_id with =, daterange(from_on, to_on, '[]') with &&) deferrable initially immediate
);
create index managers_manager on managers (manager_id);

-- Titles that make their holder the head of the department when a file names no head. Data, not code.
create table head_titles (title text primary key);
insert into head_titles values ('部長'), ('室長'), ('本部長'), ('センター長');

-- Append-only: what happened to a person, for the rooms above that must react (design §3, "Nothing calls upward").
create table people_events (
    id        bigint generated always as identity primary key,
    person_id bigint not null references people (id),
    kind      text not null check (kind in ('joined', 'left', 'transferred', 'on_leave', 'back')),
    happened_on date not null,
    at        timestamptz not null
);

-- A file waiting between preview and apply, and what came of it. The content is dropped when it is applied or abandoned.
create table people_imports (
    id           bigint generated always as identity primary key,
    file_name    text not null,
    content      bytea,
    sha256       text not null,
    by_account   bigint,
    created_at   timestamptz not null,
    applied_at   timestamptz,
    effective_on date,
    added        int,
    changed      int,
    leaving      int,
    missing      int,
    unchanged    int
);

grant select, insert, update on departments, people, department_versions, posts, managers, people_imports to ${app};
grant delete on department_versions, posts, managers to ${app};
grant select, insert, delete on head_titles to ${app};
grant select, insert on people_events to ${app};

select trail.watch('departments');
select trail.watch('people', '{name,name_kana,name_key,email,email_key}');
select trail.watch('department_versions');
select trail.watch('posts');
select trail.watch('managers');
select trail.watch('head_titles');
select trail.watch('people_events');
select trail.watch('people_imports', '{file_name}', '{content}');
