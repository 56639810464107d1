-- Room: Notifications. Which way a mail left by, whose matter a refusal is, and how fast mails leave.

-- What the ledger calls the way out ('smtp mail.example.jp:587'); null: claimed before ways had names.
alter table mails add column via text;
-- Whose matter it is that the mail was not taken: its address, the mail itself, or our way out.
alter table mails add column fault text check (fault in ('recipient', 'mail', 'route'));
alter table mail_attempts add column via text not null default '';

-- When the next mail may leave where a pace is set: one row for all workers, by the system's clock.
create table mail_pace (
    id      int primary key default 1 check (id = 1),
    next_at timestamptz not null default '-infinity'
);
insert into mail_pace default values;
insert into trail.exempt_tables values ('mail_pace', 'when the next mail may leave: bookkeeping of the worker');
grant select, update on mail_pace to ${app};

select trail.watch('mails', '{to_name,to_address,reply}', '{subject,body_text,body_html,lease_until,claimed_at}');
select trail.watch('mail_attempts', '{reply}');
