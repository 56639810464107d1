-- Room: Training. Courses by version, campaigns year by year, the roster as it was at the cut-off, what became of everybody on it (domain.md §6).
-- What ships in templates/training; a changed course is a new version and the old one stays.
create table training_courses (
    key     text primary key,
    version int not null
);
create table training_course_versions (
    course        text not null references training_courses (key),
    version       int not null,
    title_ja      text not null,
    title_en      text not null,
    minutes       int not null,
    pass_mark     int not null check (pass_mark between 1 and 100),
    drawn         int not null,
    source_sha256 text not null,
    -- The whole course as JSON: pages and questions in both languages.
    content       text not null,
    at            timestamptz not null,
    primary key (course, version)
);

-- planned -> approved -> running -> reported -> closed. Chasing is a running campaign past its due date, by date and not by state.
create table training_campaigns (
    id             bigint generated always as identity primary key,
    title          text not null,
    kind           text not null check (kind in ('yearly', 'joiners', 'roleChange', 'incident', 'makeUp')),
    fiscal_year    int not null,
    course         text not null,
    course_version int not null,
    purpose        text not null default '',
    -- Who is employed on this day is on the roster; later joiners belong to the campaign for joiners.
    cutoff_on      date not null,
    opens_on       date not null,
    due_on         date not null,
    -- Of a campaign for joiners: days from the hire date to each one's due date.
    joiner_days    int not null default 5 check (joiner_days between 0 and 30),
    responsible_id bigint not null references people (id),
    state          text not null default 'planned' check (state in ('planned', 'approved', 'running', 'reported', 'closed')),
    version        int not null default 1,
    by_account     bigint not null references accounts (id),
    at             timestamptz not null,
    approved_by    bigint references accounts (id),
    approved_at    timestamptz,
    started_at     timestamptz,
    report         text not null default '',
    reported_by    bigint references accounts (id),
    reported_at    timestamptz,
    closed_by      bigint references accounts (id),
    closed_at      timestamptz,
    foreign key (course, course_version) references training_course_versions (course, version),
    constraint training_campaigns_order check (cutoff_on <= opens_on and opens_on <= due_on),
    constraint training_campaigns_two_people check (approved_by <> by_account and closed_by <> reported_by)
);
create index training_campaigns_state on training_campaigns (state, opens_on);
create unique index training_campaigns_one_for_joiners on training_campaigns (kind) where kind = 'joiners' and state in ('approved', 'running');

create table training_audience (
    campaign_id bigint not null references training_campaigns (id),
    kind        text not null check (kind in ('everyone', 'employmentType', 'department', 'person')),
    -- Employment type, code of a department (with those below it), employee number; empty for everyone.
    value       text not null,
    primary key (campaign_id, kind, value)
);

-- The snapshot. Nobody changes or leaves it; who need not take part any more is explained in training_exemptions.
create table training_roster (
    id              bigint generated always as identity primary key,
    campaign_id     bigint not null references training_campaigns (id),
    person_id       bigint not null references people (id),
    employee_no     text not null,
    name            text not null,
    department_code text not null,
    department      text not null,
    employment_type text not null,
    is_officer      boolean not null,
    due_on          date not null,
    -- cutoff: in the one statement that froze it; joined: a joiner of a campaign for joiners.
    source          text not null check (source in ('cutoff', 'joined')),
    at              timestamptz not null,
    constraint training_roster_once unique (campaign_id, person_id)
);
create index training_roster_person on training_roster (person_id);

-- How far somebody is; absent while nothing has begun. Instants are written once, so that every number can be asked as of any instant.
create table training_progress (
    roster_id    bigint primary key references training_roster (id),
    page         int not null default 0,
    started_at   timestamptz,
    -- The first test that was not passed.
    failed_at    timestamptz,
    completed_at timestamptz,
    how          text check (how in ('online', 'session', 'paper')),
    score        int,
    recorded_by  bigint references accounts (id),
    note         text not null default '',
    constraint training_progress_completed check ((completed_at is null) = (how is null))
);

-- Why somebody need not take part: by what happened to them (event_id) or by a person, approved by another one.
create table training_exemptions (
    id          bigint generated always as identity primary key,
    roster_id   bigint not null references training_roster (id),
    reason      text not null check (reason in ('leave', 'left', 'leaving', 'away', 'other')),
    detail      text not null default '',
    from_on     date not null,
    -- Its last day; null only where it follows from leave or leaving.
    to_on       date,
    event_id    bigint references people_events (id),
    asked_by    bigint references accounts (id),
    at          timestamptz not null,
    approved_by bigint references accounts (id),
    approved_at timestamptz,
    ended_at    timestamptz,
    -- Back from leave: trained by this day.
    follow_up_on date,
    constraint training_exemptions_order check (to_on >= from_on),
    constraint training_exemptions_two_people check (approved_by <> asked_by),
    constraint training_exemptions_expire check (to_on is not null or reason in ('leave', 'left'))
);
create index training_exemptions_roster on training_exemptions (roster_id);
create unique index training_exemptions_one_open on training_exemptions (roster_id) where ended_at is null;

-- The counterpart of every row of people_events (design §3).
create table training_event_marks (
    event_id bigint primary key references people_events (id),
    outcome  text not null check (outcome in ('noted', 'exempted', 'returned', 'enrolled')),
    at       timestamptz not null
);

-- Every test somebody took, with the version of the questions; the seed draws the same test again.
create table training_attempts (
    id             bigint generated always as identity primary key,
    roster_id      bigint not null references training_roster (id),
    number         int not null,
    seed           bigint not null,
    course         text not null,
    course_version int not null,
    language       text not null check (language in ('ja', 'en')),
    started_at     timestamptz not null,
    submitted_at   timestamptz,
    score          int,
    passed         boolean,
    constraint training_attempts_number unique (roster_id, number),
    foreign key (course, course_version) references training_course_versions (course, version)
);
create unique index training_attempts_one_open on training_attempts (roster_id) where submitted_at is null;
create table training_answers (
    attempt_id bigint not null references training_attempts (id),
    position   int not null,
    question   text not null,
    -- Letters of the choices as the bank names them: a,c.
    chosen     text not null default '',
    correct    boolean,
    at         timestamptz,
    primary key (attempt_id, position)
);

-- The links of mails: many a person, each of its own mail; good until the training is completed, the campaign closed, or they expire.
create table training_links (
    id         bigint generated always as identity primary key,
    roster_id  bigint not null references training_roster (id),
    token_hash bytea not null constraint training_links_hash unique,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz
);
create index training_links_roster on training_links (roster_id) where revoked_at is null;
create table training_sessions (
    token_hash bytea primary key,
    link_id    bigint not null references training_links (id),
    roster_id  bigint not null references training_roster (id),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at   timestamptz
);
create index training_sessions_roster on training_sessions (roster_id);

-- When who is told. Days from the due date, negative before it; a day on which nobody works moves to the business day before.
create table training_cadence (
    step        text primary key,
    tells       text not null check (tells in ('person', 'manager', 'head', 'privacyManager')),
    days        int not null check (days between -60 and 90 and days <> 0),
    unit        text not null check (unit in ('days', 'businessDays')),
    -- From there on every so many days.
    repeat_days int check (repeat_days between 1 and 31),
    active      boolean not null default true
);
select trail.watch('training_cadence');
select set_config('audit.actor', 'operator:migrate', true);
insert into training_cadence (step, tells, days, unit, repeat_days) values
    ('before14', 'person', -14, 'days', null), ('before7', 'person', -7, 'days', null), ('before3', 'person', -3, 'days', null), ('before1', 'person', -1, 'businessDays', null),
    ('after1', 'person', 1, 'businessDays', null), ('afterWeekly', 'person', 7, 'days', 7),
    ('manager1', 'manager', 1, 'businessDays', null), ('managerWeekly', 'manager', 7, 'days', 7),
    ('head3', 'head', 3, 'businessDays', null), ('privacy7', 'privacyManager', 7, 'days', 7);

-- When somebody was last told stands beside them in the roster, also of what is closed.
create index notices_training on notices (subject) where template like 'training/%';

-- Which step of the cadence was told to everybody of a due date, so that a hundred thousand rows are not looked through every minute.
create table training_steps (
    campaign_id bigint not null references training_campaigns (id),
    due_on      date not null,
    tells       text not null,
    step        text not null,
    at          timestamptz not null,
    primary key (campaign_id, due_on, tells, step)
);

grant select, insert on training_steps to ${app};
grant select, insert, update on training_courses, training_campaigns, training_progress, training_exemptions, training_attempts, training_answers, training_links, training_cadence to ${app};
grant select, insert on training_course_versions, training_roster, training_event_marks to ${app};
grant select, insert, update, delete on training_sessions to ${app};
grant select, insert, delete on training_audience to ${app};

insert into trail.exempt_tables values ('training_sessions', 'short-lived secrets of one person and one training');
select trail.watch('training_courses');
select trail.watch('training_course_versions', '{}', '{content}');
select trail.watch('training_campaigns', '{report}');
select trail.watch('training_audience');
select trail.watch('training_roster', '{name}');
select trail.watch('training_progress', '{note}', '{page}');
select trail.watch('training_exemptions', '{detail}');
select trail.watch('training_event_marks');
select trail.watch('training_attempts');
select trail.watch('training_answers');
select trail.watch('training_links', '{}', '{token_hash}');
select trail.watch('training_steps');
