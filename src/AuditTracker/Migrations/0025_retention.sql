-- Room: Evidence. How long files are kept, what stops their destruction, and the proof of what was destroyed; and what the scrubber last saw of each stored file.

-- How long files of a class are kept, by date: the newest row valid on a day holds. Days are counted from the later of the period's end and the hand-in.
create table retention_rules (
    class      text not null,
    valid_from date not null,
    name_ja    text not null,
    name_en    text not null,
    months     int not null check (months between 1 and 1200),
    basis_ja   text not null,
    basis_en   text not null,
    position   int not null,
    primary key (class, valid_from)
);
insert into retention_rules (class, valid_from, name_ja, name_en, months, basis_ja, basis_en, position) values
    ('isms', '2000-01-01', 'ISMSの記録', 'ISMS records', 48, '認証の3年の周期1回以上（既定は4年）', 'at least one three-year cycle of the certificate (4 years by default)', 1),
    ('pms', '2000-01-01', 'PMSの記録（教育・内部監査・運用の確認）', 'PMS records (training, internal audit, operation checks)', 36, '2年以上、次の審査まで（既定は3年）', 'at least two years and through the next review (3 years by default)', 2),
    ('safe-security', '2000-01-01', '安全・安心マークの記録', 'Safe Security ISP mark records', 36, '次の更新まで（既定は3年）', 'through the next renewal (3 years by default)', 3),
    ('third-party', '2000-01-01', '第三者提供の記録', 'Third-party provision records', 36, '個人情報保護法29条・30条（3年）', 'APPI Articles 29 and 30 (3 years)', 4),
    ('entry-log', '2000-01-01', '入退室・来訪の記録', 'Entry and visitor logs', 24, '2年以上', 'at least two years', 5),
    ('disclosure', '2000-01-01', '開示等の請求の書類', 'Disclosure request documents', 24, '回答から2年', 'two years from the reply', 6),
    ('incident', '2000-01-01', '事故の記録', 'Incident files', 60, '既定は5年', '5 years by default', 7),
    ('disposal', '2000-01-01', '廃棄の証明', 'Disposal certificates', 60, '既定は5年', '5 years by default', 8);

-- The class of a request's files where it is not that of its frameworks; the newest row holds.
create table request_retention (
    id         bigint generated always as identity primary key,
    request_id bigint not null references evidence_requests (id),
    class      text not null,
    by_account bigint not null references accounts (id),
    at         timestamptz not null
);
create index request_retention_request on request_retention (request_id, id);

-- Nothing in a hold's reach is destroyed while it lasts.
create table retention_holds (
    id            bigint generated always as identity primary key,
    request_id    bigint references evidence_requests (id),
    collection_id bigint references collections (id),
    framework     text references frameworks (key),
    reason        text not null,
    by_account    bigint not null references accounts (id),
    at            timestamptz not null,
    released_at   timestamptz,
    released_by   bigint references accounts (id),
    release_reason text,
    constraint retention_holds_reach check (num_nonnulls(request_id, collection_id, framework) = 1),
    constraint retention_holds_released check (num_nonnulls(released_at, released_by, release_reason) in (0, 3))
);
create index retention_holds_open on retention_holds (id) where released_at is null;

-- The proof: which file, by which rule, approved by whom and when. One row a file; its evidence row and its hash stay.
create table destructions (
    evidence_id bigint primary key references evidence (id),
    sha256      text not null references blobs (sha256),
    class       text not null,
    rule_from   date not null,
    months      int not null,
    keep_until  date not null,
    approved_by bigint not null references accounts (id),
    approved_at timestamptz not null,
    reason      text not null,
    -- Null while it is only approved.
    destroyed_at timestamptz,
    -- Whether the stored bytes went with it; false: another file has the same ones.
    bytes_gone  boolean
);
create index destructions_waiting on destructions (evidence_id) where destroyed_at is null;
create index destructions_sha256 on destructions (sha256);

-- Contents that are to be gone. The row comes first and the bytes go after it, so that a killed worker is followed by one that ends the work.
create table destroyed_blobs (
    sha256     text primary key references blobs (sha256),
    decided_at timestamptz not null,
    removed_at timestamptz
);

-- What is to be there: verified, scrubbed, counted and backed up.
create view kept_blobs as select b.* from blobs b where not exists (select from destroyed_blobs d where d.sha256 = b.sha256);

-- What the scrubber saw last, by the system's clock.
create table blob_checks (
    sha256     text primary key references blobs (sha256),
    checked_at timestamptz not null,
    state      text not null check (state in ('whole', 'missing', 'changed')),
    -- Since when it is not whole.
    since      timestamptz
);
create index blob_checks_turn on blob_checks (checked_at);
create index blob_checks_wrong on blob_checks (since) where state <> 'whole';

-- The class, term and hold of each file of evidence as of today.
create view file_terms as
select e.id as evidence_id, e.sha256, e.file_name, e.size, c.id as collection_id, c.request_id, c.version, s.at as handed_in_at, rule.class, rule.name_ja, rule.name_en, rule.valid_from as rule_from, rule.months, rule.basis_ja, rule.basis_en,
       (greatest(c.period_to, tokyo_date(s.at)) + make_interval(months => rule.months))::date as keep_until,
       (select min(h.id) from retention_holds h where h.released_at is null and (h.request_id = c.request_id or h.collection_id = c.id
            or exists (select from request_items i where i.request_id = c.request_id and i.version = c.version and i.framework = h.framework))) as hold_id,
       d.evidence_id is not null as is_approved, d.destroyed_at
from evidence e join submissions s on s.id = e.submission_id join collections c on c.id = s.collection_id
-- A file of several classes is kept for the longest of their terms.
cross join lateral (
    select now_valid.* from (
        select distinct on (r.class) r.* from retention_rules r
        where r.valid_from <= tokyo_date(business_now()) and r.class = any (coalesce(
            (select array[k.class] from request_retention k where k.request_id = c.request_id order by k.id desc limit 1),
            nullif(array(select distinct case when i.framework like 'iso%' then 'isms' when i.framework like 'pmark%' then 'pms' else 'safe-security' end
                         from request_items i where i.request_id = c.request_id and i.version = c.version), '{}'),
            array['isms']))
        order by r.class, r.valid_from desc) now_valid
    order by now_valid.months desc, now_valid.class limit 1) rule
left join destructions d on d.evidence_id = e.id
where e.kind = 'file';

create or replace view file_states as
select e.id as evidence_id, e.sha256,
       case when d.destroyed_at is not null then 'destroyed' when q.id is null then coalesce(b.state, 'waiting') when q.decision = 'released' then 'released' else 'quarantined' end as state,
       b.reason, b.locked, b.scanned_at, b.signatures, q.id as quarantine_id, q.found, q.found_at, q.decision, q.decided_at, d.destroyed_at
from evidence e
left join blob_scans b on b.sha256 = e.sha256
left join lateral (select * from quarantines q where q.sha256 = e.sha256 order by q.decision is not distinct from 'released', q.id desc limit 1) q on true
left join destructions d on d.evidence_id = e.id
where e.kind = 'file';

grant select, insert on retention_rules, request_retention to ${app};
grant select, insert, update on retention_holds, destructions to ${app};
grant select, insert, update, delete on destroyed_blobs to ${app};
grant select, insert, update, delete on blob_checks to ${app};
grant select on kept_blobs, file_terms to ${app};
insert into trail.exempt_tables (name, reason) values ('blob_checks', 'what the scrubber saw last of a stored file');
select trail.watch('retention_rules');
select trail.watch('request_retention');
select trail.watch('retention_holds', '{reason,release_reason}');
select trail.watch('destructions', '{reason}');
select trail.watch('destroyed_blobs');
