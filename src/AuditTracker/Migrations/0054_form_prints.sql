-- Room: Evidence
-- What a form said under its key, as a hash: the same key with other content is no repetition.
alter table submissions add column form_print text;
select trail.watch('submissions', '{note,rest}', '{idempotency_key,form_print}');

alter table samples add column form_print text;
-- A key is its sender's own: two programs may count from 1.
alter table samples drop constraint samples_form, add constraint samples_form unique (by_account, collection_id, form_key);
select trail.watch('samples', '{name,origin,completeness,original_name,size_reason,seed_from,closing}', '{form_print}');
