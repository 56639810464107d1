-- Room: Training
-- The day of a session or of answers on paper; completed_at stays the instant it was recorded, so that the numbers as of any instant never change. Null: the day of completed_at.
alter table training_progress add column attended_on date, add constraint training_progress_attended check (attended_on is null or how in ('session', 'paper'));
select trail.watch('training_progress', '{note}', '{page}');
