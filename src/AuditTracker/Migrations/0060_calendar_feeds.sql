-- Room: Overview. Secret addresses under which somebody's calendar reads what they owe.
create table calendar_feeds (
    id           bigint generated always as identity primary key,
    account_id   bigint not null references accounts (id),
    -- SHA-256 of the secret in the address; nobody can read it again.
    token_hash   bytea not null constraint calendar_feeds_token unique,
    created_at   timestamptz not null,
    revoked_at   timestamptz,
    -- By the system's clock, noted at most once an hour.
    last_read_at timestamptz
);
create unique index calendar_feeds_one on calendar_feeds (account_id) where revoked_at is null;
grant select, insert, update on calendar_feeds to ${app};
select trail.watch('calendar_feeds', '{}', '{token_hash,last_read_at}');
