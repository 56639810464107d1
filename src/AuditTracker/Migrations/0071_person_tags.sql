-- Room: People
-- What people are beside department and employment type (個人情報取扱者, NOC, 在宅勤務). A tag holds now, not by date.
create table person_tags (
    id        bigint generated always as identity primary key,
    person_id bigint not null references people (id),
    tag       text not null constraint person_tags_form check (char_length(tag) between 1 and 40 and tag = btrim(tag) and tag !~ '[,;、]'),
    constraint person_tags_once unique (person_id, tag)
);
create index person_tags_tag on person_tags (tag, person_id);
grant select, insert, delete on person_tags to ${app};
select trail.watch('person_tags', '{tag}');
