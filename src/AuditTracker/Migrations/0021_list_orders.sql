-- Room: Notifications
-- Orders of the lists of mails and accounts: each is one index, read from the place where a page begins.
create index mails_to on mails (to_address, id);
create index accounts_invited on accounts (coalesce(invited_at, '-infinity'::timestamptz), id);
