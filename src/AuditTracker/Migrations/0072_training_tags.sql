-- Room: Training
-- An audience may name tags too: whoever has one when the roster is frozen.
alter table training_audience drop constraint training_audience_kind_check,
    add constraint training_audience_kind_check check (kind in ('everyone', 'employmentType', 'department', 'person', 'tag'));
