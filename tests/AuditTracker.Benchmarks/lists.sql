-- A company of 10,000 people with 10,000 requests and 1,000,000 collections, as of 24 November 2026. Written past the use cases, so without trail.
set session characteristics as transaction read write;
select set_config('audit.actor', 'operator:benchmark', false);
update business_clock set offset_us = (extract(epoch from '2026-11-24 09:00+09'::timestamptz - clock_timestamp()) * 1000000)::bigint;
alter table departments disable trigger user; alter table people disable trigger user; alter table department_versions disable trigger user; alter table posts disable trigger user;
alter table evidence_requests disable trigger user; alter table request_versions disable trigger user; alter table request_items disable trigger user;
alter table collections disable trigger user; alter table submissions disable trigger user; alter table accounts disable trigger user; alter table role_grants disable trigger user;

insert into departments (code) select format('D%s', to_char(n, 'FM000')) from generate_series(1, 200) n;
insert into people (employee_no, name, name_kana, name_key, email, email_key, employment_type, hired_on)
select to_char(n, 'FM000000'), names.family || ' ' || names.given || n, names.kana || to_char(n % 977, 'FM000'), names.kana || n, format('p%s@bench.test', n), format('p%s@bench.test', n), '正社員', '2015-04-01'
from generate_series(1, 10000) n
cross join lateral (select (array['佐藤', '鈴木', '高橋', '田中', '伊藤', '渡辺', '山本', '中村', '小林', '加藤'])[1 + n % 10] as family, (array['太郎', '花子', '健', '美咲', '誠'])[1 + n % 5] as given,
    (array['さとう', 'すずき', 'たかはし', 'たなか', 'いとう', 'わたなべ', 'やまもと', 'なかむら', 'こばやし', 'かとう'])[1 + n % 10] || (array['たろう', 'はなこ', 'けん', 'みさき', 'まこと'])[1 + n % 5] as kana) names;
insert into department_versions (department_id, name, head_id, from_on) select d.id, format('第%s部', d.id), p.id, '2015-04-01' from departments d join people p on p.employee_no = to_char(d.id * 50, 'FM000000');
insert into posts (person_id, department_id, from_on) select p.id, d.id, '2015-04-01' from people p join departments d on d.code = format('D%s', to_char(1 + (p.employee_no::int - 1) / 50, 'FM000'));
insert into accounts (sign_in, sign_in_key, person_id, language, password_hash, created_at) select email, email_key, id, 'ja', 'x', now() from people;
insert into role_grants (account_id, role, from_on, at) select id, 'complianceManager', '2020-01-01', now() from accounts where sign_in = 'p1@bench.test';
insert into role_grants (account_id, role, framework, from_on, at) select id, 'reviewer', 'safe-security-isp', '2020-01-01', now() from accounts where sign_in = 'p3@bench.test';

-- Owners are 2,000 people, reviewers 200; one request in fifty serves the smallest framework.
insert into evidence_requests (title, title_key, owner_id, reviewer_id, start_on, created_at)
select t.title, lower(t.title), o.id, r.id, '2019-01-01', now()
from generate_series(1, 10000) n
cross join lateral (select (array['アクセス権棚卸し', 'バックアップ結果', 'ログレビュー', '入退室記録の確認', '鍵台帳', 'TLS証明書期限', '委託先の点検', '脆弱性診断', '特権IDの確認', '来訪者記録'])[1 + n % 10] || format('（第%s係 %s）', 1 + n % 500, n) as title) t
join people o on o.employee_no = to_char(1 + (n % 2000) * 5, 'FM000000') join people r on r.employee_no = to_char(3 + (n % 200) * 50, 'FM000000');
insert into request_versions (request_id, version, title, guidance, every, due_offset, due_unit, owner_id, reviewer_id, start_on, at)
select id, 1, title, '期末の一覧を提出してください。', 'month', 10, 'businessDays', owner_id, reviewer_id, start_on, now() from evidence_requests;
insert into request_items (request_id, version, framework, ref)
select r.id, 1, i.framework, i.ref from evidence_requests r
join lateral (select framework, ref from (select framework, ref, row_number() over (partition by framework order by ref) as number, count(*) over (partition by framework) as many
      from items where not is_group and framework in ('iso27001-2022', 'pmark-jisq15001-2023', 'safe-security-isp')) i
    where case framework when 'iso27001-2022' then r.id % 3 < 2 and number = 1 + r.id % many or number = 1 + (r.id * 7) % many and r.id % 3 < 2
                         when 'pmark-jisq15001-2023' then r.id % 3 > 0 and number = 1 + r.id % many
                         else (r.id % 50 = 0 or r.id % 3 = 2) and r.id % 50 = 0 and number = 1 + r.id % many end) i on true;
-- A million rows go in without their indexes, which are built once afterwards from their own definitions.
create temp table built_later as
select format('%I.%I', n.nspname, i.relname) as name, pg_get_indexdef(x.indexrelid) as definition
from pg_index x join pg_class i on i.oid = x.indexrelid join pg_namespace n on n.oid = i.relnamespace
where x.indrelid in ('collections'::regclass, 'submissions'::regclass) and not exists (select 1 from pg_constraint k where k.conindid = x.indexrelid);
do $$ declare one record; begin for one in select name from built_later loop execute 'drop index ' || one.name; end loop; end $$;

insert into collections (request_id, version, period_from, period_to, opens_on, planned_due_on, due_on, assignee_id, reviewer_id, state, state_at)
select r.id, 1, m.from_on, m.to_on, m.to_on + 1, m.due_on, m.due_on, r.owner_id, r.reviewer_id,
       case when m.to_on >= '2026-11-24' then 'planned'
            when m.to_on >= '2026-09-30' then case when s.dice < 30 then 'open' when s.dice < 45 then 'submitted' when s.dice < 50 then 'returned' else 'accepted' end
            when s.dice >= 99 then 'waived' when s.fine < 5 then 'open' when s.fine < 10 then 'submitted' when s.fine < 12 then 'returned' else 'accepted' end, now()
from evidence_requests r
cross join lateral (select n, ('2019-01-01'::date + make_interval(months => n))::date as from_on, ('2019-01-01'::date + make_interval(months => n + 1))::date - 1 as to_on,
    ('2019-01-01'::date + make_interval(months => n + 1))::date + 10 + (r.id % 7)::int as due_on from generate_series(0, 99) n) m
cross join lateral (select (hashint8(r.id * 1000 + m.n) & 2147483647) % 100 as dice, (hashint8(r.id * 7919 + m.n) & 2147483647) % 1000 as fine) s
order by m.n, r.id;
insert into submissions (collection_id, by_account, by_person, at)
select c.id, a.id, c.assignee_id, (c.due_on - 2)::timestamptz from collections c join accounts a on a.person_id = c.assignee_id where c.state in ('accepted', 'submitted');
update collections c set pending_submission_id = s.id from submissions s where s.collection_id = c.id and c.state = 'submitted';

do $$ declare one record; begin for one in select definition from built_later loop execute one.definition; end loop; end $$;
alter table departments enable trigger user; alter table people enable trigger user; alter table department_versions enable trigger user; alter table posts enable trigger user;
alter table evidence_requests enable trigger user; alter table request_versions enable trigger user; alter table request_items enable trigger user;
alter table collections enable trigger user; alter table submissions enable trigger user; alter table accounts enable trigger user; alter table role_grants enable trigger user;
