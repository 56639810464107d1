-- Room: Evidence
-- One evidence serves many items: the mapping proposes, a person confirms (or says that it does not), and may take it back. Append-only; the newest row of a
-- collection and an item is what holds.
create table item_attachments (
    id            bigint generated always as identity primary key,
    collection_id bigint not null references collections (id),
    framework     text not null,
    ref           text not null,
    act           text not null check (act in ('confirm', 'reject', 'takeBack')),
    -- What was accepted when it was looked at; it says nothing of what is handed in later in its place.
    submission_id bigint not null references submissions (id),
    by_account    bigint not null references accounts (id),
    by_person     bigint references people (id),
    at            timestamptz not null,
    reason        text not null,
    foreign key (framework, ref) references items (framework, ref)
);
create index item_attachments_collection on item_attachments (collection_id, framework, ref, id);
create index item_attachments_item on item_attachments (framework, ref, collection_id) where act = 'confirm';
grant select, insert on item_attachments to ${app};
select trail.watch('item_attachments', '{reason}');

-- The attachments that held at an instant: confirmed, not taken back until then, and of what was accepted then.
create function attached_as_of(as_of timestamptz) returns setof item_attachments language sql stable as $$
    select x.* from item_attachments x
    where x.act = 'confirm' and x.at <= as_of
      and not exists (select 1 from item_attachments y where y.collection_id = x.collection_id and y.framework = x.framework and y.ref = x.ref and y.id > x.id and y.at <= as_of)
      and x.submission_id = (select case when a.state_after = 'accepted' then a.submission_id end from collection_acts a where a.collection_id = x.collection_id and a.at <= as_of order by a.id desc limit 1)
$$;
grant execute on function attached_as_of(timestamptz) to ${app};

-- What serves a framework by attachment is kept as long as that framework's records are, and held with them.
create or replace view file_terms as
select e.id as evidence_id, e.sha256, e.file_name, e.size, c.id as collection_id, c.request_id, c.version, s.at as handed_in_at, rule.class, rule.name_ja, rule.name_en, rule.valid_from as rule_from, rule.months, rule.basis_ja, rule.basis_en,
       (greatest(c.period_to, tokyo_date(s.at)) + make_interval(months => rule.months))::date as keep_until,
       (select min(h.id) from retention_holds h where h.released_at is null and (h.request_id = c.request_id or h.collection_id = c.id
            or exists (select from request_items i where i.request_id = c.request_id and i.version = c.version and i.framework = h.framework)
            or exists (select from attached_as_of('infinity') x where x.collection_id = c.id and x.framework = h.framework))) as hold_id,
       d.evidence_id is not null as is_approved, d.destroyed_at
from evidence e join submissions s on s.id = e.submission_id join collections c on c.id = s.collection_id
-- A file of several classes is kept for the longest of their terms.
cross join lateral (
    select now_valid.* from (
        select distinct on (r.class) r.* from retention_rules r
        where r.valid_from <= tokyo_date(business_now()) and r.class = any (coalesce(
            (select array[k.class] from request_retention k where k.request_id = c.request_id order by k.id desc limit 1),
            nullif(array(select distinct case when i.framework like 'iso%' then 'isms' when i.framework like 'pmark%' then 'pms' else 'safe-security' end
                         from (select i.framework from request_items i where i.request_id = c.request_id and i.version = c.version
                               union select x.framework from attached_as_of('infinity') x where x.collection_id = c.id) i), '{}'),
            array['isms']))
        order by r.class, r.valid_from desc) now_valid
    order by now_valid.months desc, now_valid.class limit 1) rule
left join destructions d on d.evidence_id = e.id
where e.kind = 'file';
