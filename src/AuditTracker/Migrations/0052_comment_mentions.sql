-- Room: Evidence
-- For whom a comment was written by name. Append-only: a comment that was taken back keeps whom it named.
create table comment_mentions (
    note_id   bigint not null references collection_notes (id),
    person_id bigint not null references people (id),
    primary key (note_id, person_id)
);
create index comment_mentions_person on comment_mentions (person_id, note_id);
grant select, insert on comment_mentions to ${app};
select trail.watch('comment_mentions');

-- Until they open the collection it stands on their first page.
create table comment_mentions_seen (
    note_id   bigint not null,
    person_id bigint not null,
    at        timestamptz not null,
    primary key (note_id, person_id),
    foreign key (note_id, person_id) references comment_mentions (note_id, person_id)
);
grant select, insert on comment_mentions_seen to ${app};
insert into trail.exempt_tables (name, reason) values ('comment_mentions_seen', 'progress: who has opened what they were named in');
