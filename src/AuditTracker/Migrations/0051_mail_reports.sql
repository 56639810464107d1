-- Room: Notifications. What mail servers report of mails they had taken (bounces, RFC 3464): each report is read once.

create table mail_reports (
    id         bigint generated always as identity primary key,
    -- Of the whole message: the same one is never read twice, whichever way it comes.
    sha256     text not null constraint mail_reports_once unique,
    -- The file's name; empty: it came over the API.
    name       text not null,
    read_at    timestamptz not null,
    -- The mail it is about; null: put aside, for a reason.
    mail_id    bigint references mails (id),
    action     text check (action in ('failed', 'delayed', 'delivered', 'relayed', 'expanded')),
    status     text,
    diagnostic text,
    recipient  text,
    -- Why it was put aside: too large, no report, about no mail of ours.
    reason     text,
    constraint mail_reports_placed check ((mail_id is null) = (reason is not null) and (mail_id is null or action is not null))
);
create index mail_reports_mail on mail_reports (mail_id);
-- When a server reported that a mail it had taken did not arrive.
alter table mails add column bounced_at timestamptz;

grant select, insert on mail_reports to ${app};
select trail.watch('mails', '{to_name,to_address,reply}', '{subject,body_text,body_html,lease_until,claimed_at}');
select trail.watch('mail_reports', '{diagnostic,recipient,name}');
