-- Room: Training
-- What waits for somebody's approval is looked up on the first page of everybody who may approve, and beside every page in the menu.
create index training_exemptions_waiting on training_exemptions (roster_id) where approved_at is null and ended_at is null;
