-- Notices (what somebody is told) and mails (what leaves the house). State belongs to the mail; a notice points to it.
create table mails (
    id           bigint generated always as identity primary key,
    -- daily: one per person and business day, in the send window; now: invitations, resets, security notices, tests.
    kind         text not null check (kind in ('daily', 'now')),
    person_id    bigint references people (id),
    to_name      text not null,
    to_address   text not null,
    language     text not null check (language in ('ja', 'en')),
    state        text not null default 'queued' check (state in ('queued', 'sending', 'accepted', 'deferred', 'failed', 'unknown')),
    message_id   text not null constraint mails_message_id unique,
    -- Business day on which a daily mail left (or is leaving): at most one a person and day.
    sent_on      date,
    -- Business instant: not before this; null = the next send window. "Send now" sets it to now.
    not_before   timestamptz,
    subject      text,
    body_text    text,
    body_html    text,
    -- What the other side answered last, word for word.
    reply        text,
    attempts     int not null default 0,
    resend_of    bigint references mails (id),
    created_at   timestamptz not null,
    claimed_at   timestamptz,
    -- System clock: who claimed it must have finished by then, else it is taken up again.
    lease_until  timestamptz,
    finished_at  timestamptz,
    bodies_erased_at timestamptz
);
create unique index mails_one_a_day on mails (person_id, sent_on) where kind = 'daily' and sent_on is not null;
create unique index mails_one_waiting on mails (person_id) where kind = 'daily' and state = 'queued';
create index mails_due on mails (state, not_before) where state <> 'accepted';
-- The ledger: what waits first, then the newest.
create index mails_ledger on mails (coalesce(claimed_at, 'infinity'::timestamptz), id);
create unique index mails_sent_again_once on mails (resend_of) where resend_of is not null;

create table notices (
    id         bigint generated always as identity primary key,
    -- What, whom, which occurrence, which step: nothing is told twice.
    key        text not null constraint notices_key unique,
    -- Template: templates/mail/<template>.<language>.… ; also the kind of the notice.
    template   text not null,
    person_id  bigint references people (id),
    -- What it is about, as in the trail ('collection:12'), so that the use case that settles it can close it.
    subject    text not null,
    -- Most urgent first within a mail: 1 overdue, 2 returned, 3 due soon, 4 opened, 5 other.
    urgency    int not null default 5,
    due_on     date,
    model      jsonb not null,
    mail_id    bigint references mails (id),
    created_at timestamptz not null,
    closed_at  timestamptz
);
create index notices_subject on notices (subject) where closed_at is null;
create index notices_person on notices (person_id) where closed_at is null;
create index notices_waiting on notices (person_id) where closed_at is null and mail_id is null;
create index notices_mail on notices (mail_id);

-- Every attempt to hand a mail over, append-only: the ledger an auditor can read.
create table mail_attempts (
    id      bigint generated always as identity primary key,
    mail_id bigint not null references mails (id),
    at      timestamptz not null,
    outcome text not null check (outcome in ('accepted', 'deferred', 'failed', 'unknown')),
    reply   text not null
);
create index mail_attempts_mail on mail_attempts (mail_id);

grant select, insert, update on mails, notices to ${app};
grant select, insert on mail_attempts to ${app};

select trail.watch('mails', '{to_name,to_address,reply}', '{subject,body_text,body_html,lease_until,claimed_at}');
select trail.watch('notices', '{}', '{model}');
select trail.watch('mail_attempts', '{reply}');
