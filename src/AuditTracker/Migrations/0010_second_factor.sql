-- Room: Accounts
-- Second factors, confirmed sessions, what a person chose for the screen. A key of an authenticator app is kept protected by the keys of the
-- data folder, recovery codes hashed; neither enters the trail.
alter table accounts
    -- Null: not chosen here, the device's or the browser's own.
    add column theme        text check (theme in ('system', 'light', 'dark')),
    add column density      text check (density in ('normal', 'dense')),
    add column totp_secret  bytea,
    -- The last time step a code was taken for (30 s since 1970): a code is good once.
    add column totp_step    bigint,
    add column totp_since   timestamptz,
    add constraint accounts_totp check ((totp_secret is null) = (totp_since is null));

alter table sessions
    add column id           bigint generated always as identity constraint sessions_id unique,
    -- When the person last proved who they are; sensitive changes want it to be recent.
    add column confirmed_at timestamptz,
    -- What the session came in with besides the password; null: nothing.
    add column factor       text check (factor in ('totp', 'recovery', 'passkey')),
    -- The password was right, the second factor is awaited: opens nothing but that step.
    add column waits        boolean not null default false;

update sessions set confirmed_at = created_at;
alter table sessions alter column confirmed_at set not null;

-- Made by an operator at the machine, or in a session that a second factor opened. Other tokens carry no role for which one is required.
alter table api_tokens add column with_factor boolean not null default true;

create table recovery_codes (
    id         bigint generated always as identity primary key,
    account_id bigint not null references accounts (id),
    salt       bytea not null,
    code_hash  bytea not null,
    created_at timestamptz not null,
    used_at    timestamptz
);
create index recovery_codes_account on recovery_codes (account_id);

create table passkeys (
    id              bigint generated always as identity primary key,
    account_id      bigint not null references accounts (id),
    name            text not null,
    credential_id   bytea not null constraint passkeys_credential unique,
    public_key      bytea not null,
    sign_count      bigint not null,
    transports      text not null,
    user_verified   boolean not null,
    backup_eligible boolean not null,
    backed_up       boolean not null,
    attestation     bytea not null,
    client_data     bytea not null,
    created_at      timestamptz not null,
    last_used_at    timestamptz
);
create index passkeys_account on passkeys (account_id);

-- A challenge is answered once: whoever answers it takes the row away.
create table passkey_challenges (
    key_hash   bytea primary key,
    state      text not null,
    expires_at timestamptz not null
);

grant select, insert, update, delete on recovery_codes, passkeys to ${app};
grant select, insert, delete on passkey_challenges to ${app};

insert into trail.exempt_tables values ('passkey_challenges', 'short-lived secrets; sign-ins are acts');
select trail.watch('accounts', '{sign_in,sign_in_key,name}', '{password_hash,failed_count,totp_secret,totp_step}');
select trail.watch('api_tokens', '{name}', '{token_hash,last_used_at}');
select trail.watch('recovery_codes', '{}', '{salt,code_hash}');
select trail.watch('passkeys', '{name}', '{credential_id,public_key,sign_count,attestation,client_data,last_used_at}');
