-- Room: Notifications. What happens here, told to other systems: each event to each address at least once, with the event's number.
create table webhooks (
    id          bigint generated always as identity primary key,
    -- What the protected columns are bound to: a row's bytes open nothing in another row.
    key         uuid not null constraint webhooks_key unique,
    name        text not null,
    kind        text not null check (kind in ('slack', 'teams', 'chatwork', 'generic')),
    -- Protected by the keys of the data folder; addresses of Slack and Teams are secrets themselves.
    address     bytea not null,
    secret      bytea,
    -- Shown in place of the address.
    host        text not null,
    language    text not null check (language in ('ja', 'en')),
    events      text[] not null,
    created_at  timestamptz not null,
    paused_at   timestamptz,
    ended_at    timestamptz
);
create unique index webhooks_name on webhooks (name) where ended_at is null;

create table webhook_events (
    id          bigint generated always as identity primary key,
    -- What receivers know a repetition by.
    key         uuid not null constraint webhook_events_key unique,
    event       text not null,
    -- As in the trail: collection:12.
    subject     text not null,
    title       text not null,
    period_from date,
    period_to   date,
    due_on      date,
    -- Path of its page.
    link        text not null,
    at          timestamptz not null
);

create index webhook_events_subject on webhook_events (subject, event);

create table webhook_deliveries (
    id          bigint generated always as identity primary key,
    webhook_id  bigint not null references webhooks (id),
    event_id    bigint not null references webhook_events (id),
    -- dead: given up, a person may try again.
    state       text not null default 'queued' check (state in ('queued', 'sending', 'deferred', 'done', 'dead')),
    attempts    int not null default 0,
    created_at  timestamptz not null,
    -- System's clock: not before, and until when the worker that holds it must have ended.
    not_before  timestamptz,
    lease_until timestamptz,
    finished_at timestamptz,
    constraint webhook_deliveries_once unique (webhook_id, event_id)
);
create index webhook_deliveries_due on webhook_deliveries (id) where state in ('queued', 'sending', 'deferred');
create index webhook_deliveries_list on webhook_deliveries (webhook_id, id);

-- Every attempt, append-only.
create table webhook_attempts (
    id          bigint generated always as identity primary key,
    delivery_id bigint not null references webhook_deliveries (id),
    at          timestamptz not null,
    outcome     text not null check (outcome in ('done', 'deferred', 'dead')),
    -- HTTP status; null: there was no answer.
    status      int,
    reply       text not null
);
create index webhook_attempts_delivery on webhook_attempts (delivery_id);

grant select, insert, update on webhooks, webhook_deliveries to ${app};
grant select, insert on webhook_events, webhook_attempts to ${app};
select trail.watch('webhooks', '{}', '{address,secret}');
select trail.watch('webhook_events');
select trail.watch('webhook_deliveries', '{}', '{lease_until,not_before}');
select trail.watch('webhook_attempts');
