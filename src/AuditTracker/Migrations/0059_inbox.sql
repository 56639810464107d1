-- Room: Notifications. What becomes of a notice behind the mail: read in the inbox, followed by its link.
alter table notices
    -- When its person had it before their eyes here; null: not yet.
    add column read_at   timestamptz,
    -- When its person first came by the link of the mail and was known: signed in, or by the link's own secret. A scanner's request never counts.
    add column opened_at timestamptz;
create index notices_inbox on notices (person_id, id);
create index notices_unread on notices (person_id) where read_at is null and closed_at is null;
create index notices_about on notices (subject, id);
select trail.watch('notices', '{}', '{model,read_at}');
