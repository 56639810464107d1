-- Room: Training
-- Courses changed on a page: a draft a course, published as a version that nobody changes any more; pictures and PDFs stay as long as a version may name them.
alter table training_course_versions add column by_account bigint references accounts (id);
comment on column training_course_versions.by_account is 'Who published it on a page; null: it came from a folder of templates/training.';

create table training_course_drafts (
    course     text primary key,
    -- The version it began from; null: a new course.
    based_on   int,
    content    text not null,
    version    int not null default 1,
    by_account bigint not null references accounts (id),
    at         timestamptz not null
);
create table training_media (
    id         bigint generated always as identity primary key,
    course     text not null,
    -- As the material names it; never given again to another content.
    name       text not null,
    sha256     text not null references blobs (sha256),
    media_type text not null,
    size       bigint not null,
    by_account bigint not null references accounts (id),
    at         timestamptz not null,
    constraint training_media_name unique (course, name)
);

grant select, insert, update, delete on training_course_drafts to ${app};
grant select, insert on training_media to ${app};
select trail.watch('training_course_versions', '{}', '{content}');
select trail.watch('training_course_drafts', '{}', '{content}');
select trail.watch('training_media');
