-- Company: master data and the business calendar's rows (domain.md §13). Thin now; effective dates come with the settings pages.
create table company (
    id                  int primary key default 1 check (id = 1),
    name_ja             text not null default '',
    name_en             text not null default '',
    secretariat_name    text not null default '',
    secretariat_contact text not null default '',
    sender_address      text not null default 'audit-tracker@localhost',
    reply_to            text not null default '',
    fiscal_start_month  int not null default 4 check (fiscal_start_month between 1 and 12),
    -- The stamp boxes from left to right; companies differ (domain.md §14.1).
    stamp_order         text not null default '承認,確認,作成',
    era_dates           boolean not null default false
);
insert into company default values;

create table holidays (
    held_on date primary key,
    name_ja text not null,
    name_en text not null
);

create table closures (
    id      bigint generated always as identity primary key,
    from_on date not null,
    to_on   date not null check (to_on >= from_on),
    name_ja text not null,
    name_en text not null,
    constraint closures_once unique (from_on, to_on)
);

create table make_up_days (worked_on date primary key, reason text not null default '');

grant select, insert, update on company to ${app};
grant select, insert, update, delete on holidays, closures, make_up_days to ${app};

select trail.watch('company', '{secretariat_name,secretariat_contact,sender_address,reply_to}');
select trail.watch('holidays');
select trail.watch('closures');
select trail.watch('make_up_days');
