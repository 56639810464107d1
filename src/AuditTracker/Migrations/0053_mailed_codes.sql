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
