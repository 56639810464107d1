-- Accounts, granted roles, sessions, tokens and one-time links (design §7a). Secrets are stored hashed and never enter the trail.
create table accounts (
    id            bigint generated always as identity primary key,
    -- The sign-in name, a mail address; a demo account's is an alias, its person's own address gets the mail.
    sign_in       text not null,
    sign_in_key   text not null constraint accounts_sign_in unique,
    person_id     bigint constraint accounts_person unique references people (id),
    -- Shown where no person stands behind the account.
    name          text not null default '',
    language      text not null default 'ja' check (language in ('ja', 'en')),
    password_hash text,
    failed_count  int not null default 0,
    locked_until  timestamptz,
    invited_at    timestamptz,
    disabled_at   timestamptz,
    created_at    timestamptz not null
);

create table role_grants (
    id         bigint generated always as identity primary key,
    account_id bigint not null references accounts (id),
    role       text not null check (role in ('administrator', 'complianceManager', 'internalAuditor', 'management', 'reviewer')),
    -- Only for reviewers: the framework they are given.
    framework  text,
    from_on    date not null,
    to_on      date,
    by_account bigint references accounts (id),
    at         timestamptz not null,
    -- Last days are inclusive. A grant that is ended before its first day is over ends on the day before it: it never held on any day.
    constraint role_grants_order check (to_on >= from_on - 1),
    constraint role_grants_reviewer check ((role = 'reviewer') = (framework is not null)),
    constraint role_grants_once exclude using gist (account_id with =, role with =, coalesce(framework, '') with =, daterange(from_on, to_on + 1, '[)') with &&)
);

create table sessions (
    token_hash bytea primary key,
    account_id bigint not null references accounts (id),
    created_at timestamptz not null,
    seen_at    timestamptz not null,
    expires_at timestamptz not null,
    ended_at   timestamptz,
    agent      text not null default ''
);
create index sessions_account on sessions (account_id);

create table api_tokens (
    id           bigint generated always as identity primary key,
    account_id   bigint not null references accounts (id),
    name         text not null,
    token_hash   bytea not null constraint api_tokens_hash unique,
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    constraint api_tokens_name unique (account_id, name)
);

create table one_time_links (
    id         bigint generated always as identity primary key,
    -- The first administrator has no account yet.
    account_id bigint references accounts (id),
    purpose    text not null check (purpose in ('firstAdministrator', 'invitation', 'passwordReset')),
    -- Minted when the mail is sent; null until then.
    token_hash bytea constraint one_time_links_hash unique,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz,
    revoked_at timestamptz,
    constraint one_time_links_account check ((purpose = 'firstAdministrator') = (account_id is null))
);

-- Wrong passwords for sign-in names nobody has. They lock like an account does, or a lock would tell which names exist.
create table unknown_sign_ins (
    key_hash     bytea primary key,
    failed_count int not null,
    locked_until timestamptz,
    failed_at    timestamptz not null
);

grant select, insert, update on accounts, role_grants, sessions, api_tokens, one_time_links to ${app};

grant select, insert, update, delete on unknown_sign_ins to ${app};

insert into trail.exempt_tables values
    ('sessions', 'short-lived secrets; sign-ins are acts'),
    ('unknown_sign_ins', 'counts wrong passwords for names that nobody has, for a day');
select trail.watch('accounts', '{sign_in,sign_in_key,name}', '{password_hash,failed_count}');
select trail.watch('role_grants');
select trail.watch('api_tokens', '{name}', '{token_hash,last_used_at}');
select trail.watch('one_time_links', '{}', '{token_hash}');
