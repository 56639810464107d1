-- The company by date: master data, the calendar's changes, appointments, the rules of reminding (domain.md §1, §3.7, §13).

-- One row a section and effective date; the newest that has begun holds. A correction is a new row of the same date.
create table company_versions (
    id                  bigint generated always as identity primary key,
    section             text not null check (section in ('name', 'seat', 'secretariat', 'customs')),
    -- '-infinity': it was so before anybody wrote it down here.
    from_on             date not null,
    by_actor            text not null,
    at                  timestamptz not null,
    -- A change that was taken back before it began.
    withdrawn_at        timestamptz,
    name_ja             text,
    name_en             text,
    corporate_number    text check (corporate_number ~ '^([0-9]{13})?$'),
    address             text,
    representative      text,
    sites               text,
    secretariat_name    text,
    secretariat_contact text,
    sender_address      text,
    reply_to            text,
    fiscal_start_month  int check (fiscal_start_month between 1 and 12),
    -- The stamp boxes from left to right; companies differ (domain.md §14.1).
    stamp_order         text,
    era_dates           boolean,
    constraint company_versions_section check (case section
        when 'name' then name_ja is not null and name_en is not null and corporate_number is not null
        when 'seat' then address is not null and representative is not null and sites is not null
        when 'secretariat' then secretariat_name is not null and secretariat_contact is not null and sender_address is not null and reply_to is not null
        else fiscal_start_month is not null and stamp_order is not null and era_dates is not null end)
);
create index company_versions_in_force on company_versions (section, from_on, id);

insert into company_versions (section, from_on, by_actor, at, name_ja, name_en, corporate_number)
select 'name', '-infinity', 'operator:migrate', now(), name_ja, name_en, '' from company;
insert into company_versions (section, from_on, by_actor, at, address, representative, sites) values ('seat', '-infinity', 'operator:migrate', now(), '', '', '');
insert into company_versions (section, from_on, by_actor, at, secretariat_name, secretariat_contact, sender_address, reply_to)
select 'secretariat', '-infinity', 'operator:migrate', now(), secretariat_name, secretariat_contact, sender_address, reply_to from company;
insert into company_versions (section, from_on, by_actor, at, fiscal_start_month, stamp_order, era_dates)
select 'customs', '-infinity', 'operator:migrate', now(), fiscal_start_month, stamp_order, era_dates from company;

drop table company;
drop function trail.company_insert(), trail.company_update(), trail.company_delete();

-- What is in force on a day: each column stands in the rows of one section only.
create function company_on(day date) returns table (
    name_ja text, name_en text, corporate_number text, address text, representative text, sites text, secretariat_name text, secretariat_contact text,
    sender_address text, reply_to text, fiscal_start_month int, stamp_order text, era_dates boolean) language sql stable as $$
    select max(v.name_ja), max(v.name_en), max(v.corporate_number), max(v.address), max(v.representative), max(v.sites), max(v.secretariat_name), max(v.secretariat_contact),
           max(v.sender_address), max(v.reply_to), max(v.fiscal_start_month), max(v.stamp_order), bool_or(v.era_dates)
    from (select distinct on (section) * from public.company_versions where from_on <= day and withdrawn_at is null order by section, from_on desc, id desc) v
$$;

-- As of the business day.
create view company as select * from company_on(tokyo_date(business_now()));

-- Files of the Cabinet Office between preview and apply, and what came of them.
create table holiday_imports (
    id         bigint generated always as identity primary key,
    file_name  text not null,
    content    bytea,
    sha256     text not null,
    by_actor   text not null,
    at         timestamptz not null,
    applied_at timestamptz,
    added      int,
    changed    int,
    removed    int
);

-- Null: shipped with the product.
alter table holidays add column import_id bigint references holiday_imports (id);
alter table closures add constraint closures_length check (to_on - from_on < 366);

-- What must be planned anew, from its day on; taken by the room that plans, once.
create table calendar_changes (
    id       bigint generated always as identity primary key,
    kind     text not null check (kind in ('closure', 'makeUpDay', 'holidays', 'fiscalYear')),
    due_on   date not null,
    at       timestamptz not null,
    taken_at timestamptz
);
create index calendar_changes_open on calendar_changes (due_on) where taken_at is null;

-- What a company appoints people to: data that ships under templates/appointments.
create table appointment_kinds (
    key            text primary key,
    position       int not null,
    title_ja       text not null,
    title_en       text not null,
    -- Which framework asks for it, and where.
    asked_ja       text not null default '',
    asked_en       text not null default '',
    effect_ja      text not null default '',
    effect_en      text not null default '',
    -- Kinds of one group are never the same person's at the same time.
    apart          text not null default '',
    single         boolean not null,
    per_department boolean not null default false,
    required       boolean not null default false,
    archived       boolean not null default false,
    constraint appointment_kinds_rules unique (key, apart, single)
);

create table appointments (
    id            bigint generated always as identity primary key,
    kind          text not null,
    apart         text not null,
    single        boolean not null,
    person_id     bigint not null references people (id),
    department_id bigint references departments (id),
    from_on       date not null,
    -- Inclusive.
    to_on         date,
    appointed_by  text not null default '',
    document      text not null default '',
    by_actor      text not null,
    at            timestamptz not null,
    -- Entered by mistake: it never was.
    withdrawn_at  timestamptz,
    constraint appointments_order check (to_on >= from_on),
    constraint appointments_rules foreign key (kind, apart, single) references appointment_kinds (key, apart, single) on update cascade,
    constraint appointments_apart exclude using gist (apart with =, person_id with =, kind with <>, daterange(from_on, to_on, '[]') with &&)
        where (apart <> '' and withdrawn_at is null),
    constraint appointments_one_holder exclude using gist (kind with =, (coalesce(department_id, 0)) with =, daterange(from_on, to_on, '[]') with &&)
        where (single and withdrawn_at is null),
    constraint appointments_once exclude using gist (kind with =, (coalesce(department_id, 0)) with =, person_id with =, daterange(from_on, to_on, '[]') with &&)
        where (withdrawn_at is null)
);
create index appointments_person on appointments (person_id);

-- When people are reminded: one row a change, the newest that has begun holds. Null hours: as the operator set them.
create table notice_rules (
    id           bigint generated always as identity primary key,
    from_on      date not null,
    send_from    time,
    send_until   time,
    soon_days    int not null check (soon_days between 1 and 20),
    days_before  int not null check (days_before between 1 and 20),
    first_after  int not null check (first_after between 1 and 20),
    second_after int not null check (second_after between 2 and 40),
    repeat_days  int not null check (repeat_days between 1 and 60),
    by_actor     text not null,
    at           timestamptz not null,
    constraint notice_rules_window check (send_until > send_from),
    constraint notice_rules_order check (second_after > first_after)
);
insert into notice_rules (from_on, soon_days, days_before, first_after, second_after, repeat_days, by_actor, at)
values ('-infinity', 3, 3, 1, 3, 7, 'operator:migrate', now());

grant select on company to ${app};
grant select, insert on company_versions, notice_rules to ${app};
grant update (withdrawn_at) on company_versions to ${app};
grant select, insert, update on holiday_imports, appointment_kinds to ${app};
grant select, insert on calendar_changes, appointments to ${app};
grant update (taken_at) on calendar_changes to ${app};
grant update (to_on, withdrawn_at) on appointments to ${app};

select trail.watch('company_versions', '{representative,secretariat_name,secretariat_contact,sender_address,reply_to}');
select trail.watch('holiday_imports', '{file_name}', '{content}');
select trail.watch('holidays');
select trail.watch('calendar_changes', '{}', '{taken_at}');
select trail.watch('appointment_kinds');
select trail.watch('appointments', '{appointed_by}');
select trail.watch('notice_rules');
