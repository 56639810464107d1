-- Room: Training
-- Which notice's mail carries the link: whoever comes by it has opened that one, and no newer one. Null: from before.
alter table training_links add column notice_id bigint references notices (id);
select trail.watch('training_links', '{}', '{token_hash}');
