-- Room: Notifications. Who changed what a mail says, and back. What is in force stands in the data folder; here is how it came to be.
create table mail_template_changes (
    id         bigint generated always as identity primary key,
    -- mail/evidence/collection-opened.ja.subject
    template   text not null,
    account_id bigint not null references accounts (id),
    -- The whole text from then on; null: the shipped one again.
    text       text,
    at         timestamptz not null
);
create index mail_template_changes_template on mail_template_changes (template, id);
grant select, insert on mail_template_changes to ${app};
select trail.watch('mail_template_changes');
