-- Room: Evidence. Coverage by day is kept for each item, so that it can be followed in any grouping: theme, owner, department, safety measure. What was kept by
-- theme alone is computed again by the job from the facts.
drop table coverage_days;
delete from trail.exempt_tables where name = 'coverage_days';

-- In which state an item stood at the end of a day. Append-only; a day is written once and whole.
create table coverage_item_days (
    framework text not null,
    day       date not null,
    ref       text not null,
    state     text not null check (state in ('covered', 'collecting', 'ageing', 'stale', 'missing', 'excluded')),
    primary key (framework, day, ref),
    foreign key (framework, ref) references items (framework, ref)
);
create index coverage_item_days_day on coverage_item_days (day);
grant select, insert on coverage_item_days to ${app};
insert into trail.exempt_tables values ('coverage_item_days', 'computed from facts that are under the trail; can be computed again');
