-- Room: Accounts
-- A code by mail in the place of a password: ten minutes, one use, and only in the browser that asked.
create table mailed_codes (
    id           bigint generated always as identity primary key,
    -- Null: nobody of that name. The row is there all the same, so that both kinds of names are answered alike.
    account_id   bigint references accounts (id),
    browser_hash bytea not null constraint mailed_codes_browser unique,
    code_salt    bytea not null,
    -- Minted when the mail is sent; null until then.
    code_hash    bytea,
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    tries        int not null default 0,
    -- Used, tried too often, or overtaken by a newer one of the same browser.
    ended_at     timestamptz
);
create index mailed_codes_account on mailed_codes (account_id, created_at);
create index mailed_codes_age on mailed_codes (created_at);
grant select, insert, update, delete on mailed_codes to ${app};
insert into trail.exempt_tables (name, reason) values ('mailed_codes', 'short-lived secrets; asking for one and signing in by one are acts');

-- A change of the company that the review body of the Privacy Mark must be told of: a task until somebody says when that was done, or why it need not be.
create table change_reports ( -- Company
    id             bigint generated always as identity primary key,
    fact           text not null check (fact in ('companyName', 'headOffice', 'contact', 'privacyManager')),
    -- Where it comes from; what is taken back there needs no report.
    version_id     bigint references company_versions (id),
    appointment_id bigint references appointments (id),
    changed_on     date not null,
    -- By the rule that was valid on the day of the change; null when there was none.
    due_on         date,
    value_before   text not null,
    value_after    text not null,
    by_actor       text not null,
    at             timestamptz not null,
    -- Null while it is open. Superseded: corrected before it was reported; withdrawn: the change was taken back.
    outcome        text check (outcome in ('reported', 'notNeeded', 'superseded', 'withdrawn')),
    reported_on    date,
    note           text not null default '',
    closed_by      text,
    closed_at      timestamptz,
    constraint change_reports_source check ((version_id is null) <> (appointment_id is null)),
    constraint change_reports_closed check ((outcome is null) = (closed_at is null) and (outcome = 'reported') is not distinct from (case when outcome is null then null else reported_on is not null end))
);
create index change_reports_open on change_reports (due_on, id) where outcome is null;
grant select, insert, update on change_reports to ${app};
select trail.watch('change_reports', '{value_before,value_after,note}');
