-- Room: Evidence. Compliance managers set coming retention rules themselves, and may take back an approval while the file is still there.

-- What was destroyed leaves its proof for good; only an approval that nothing came of may go.
create function destructions_keep_their_proof() returns trigger language plpgsql as $$
begin
    if old.destroyed_at is not null then
        raise exception 'the proof of a destruction stays' using errcode = '42501';
    end if;
    return old;
end $$;
create trigger destructions_proof before delete on destructions for each row execute function destructions_keep_their_proof();
grant delete on destructions to ${app};
-- A rule that is still to come can be corrected.
grant update on retention_rules to ${app};
