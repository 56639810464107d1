-- Room: Evidence
-- Populations of samples are destroyed after their term as files are: the kept file, the file that was sent, and the files of its rows. What was drawn, its results, hashes, seed and conclusion stay.

-- The proof, one row a sample; null in destroyed_at while it is only approved.
create table sample_destructions (
    sample_id    bigint primary key references samples (id),
    sha256       text not null references blobs (sha256),
    class        text not null,
    rule_from    date not null,
    months       int not null,
    keep_until   date not null,
    approved_by  bigint not null references accounts (id),
    approved_at  timestamptz not null,
    reason       text not null,
    destroyed_at timestamptz,
    -- Whether the bytes of the kept population went with it; false: somebody else has the same ones.
    bytes_gone   boolean
);
create index sample_destructions_waiting on sample_destructions (sample_id) where destroyed_at is null;
create index sample_destructions_sha256 on sample_destructions (sha256);
grant select, insert, update, delete on sample_destructions to ${app};
create trigger sample_destructions_proof before delete on sample_destructions for each row execute function destructions_keep_their_proof();
select trail.watch('sample_destructions', '{reason}');

-- The class, term and hold of each sample as of today, as file_terms says them of files. What is still worked on is not due.
create view sample_terms as
select s.id as sample_id, s.file_sha256 as sha256, s.name as file_name, s.file_size + coalesce(s.original_size, 0) as size, c.id as collection_id, c.request_id, c.version, s.taken_at as handed_in_at,
       rule.class, rule.name_ja, rule.name_en, rule.valid_from as rule_from, rule.months, rule.basis_ja, rule.basis_en,
       (greatest(c.period_to, tokyo_date(coalesce(s.closed_at, s.drawn_at, s.taken_at))) + make_interval(months => rule.months))::date as keep_until,
       (select min(h.id) from retention_holds h where h.released_at is null and (h.request_id = c.request_id or h.collection_id = c.id
            or exists (select from request_items i where i.request_id = c.request_id and i.version = c.version and i.framework = h.framework)
            or exists (select from attached_as_of('infinity') x where x.collection_id = c.id and x.framework = h.framework))) as hold_id,
       d.sample_id is not null as is_approved, d.destroyed_at
from samples s join collections c on c.id = s.collection_id
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
left join sample_destructions d on d.sample_id = s.id
where not (s.state in ('population', 'drawn') and c.state in ('open', 'returned'));
grant select on sample_terms to ${app};
