-- Room: Evidence. A stored file that the disk does not give out is written down as that; the scrubber and the scanner go on with the next.
alter table blob_scans drop constraint blob_scans_reason_check;
alter table blob_scans add constraint blob_scans_reason_check check (reason in ('noScanner', 'tooLarge', 'locked', 'noAnswer', 'refused', 'gone', 'unreadable'));
alter table blob_checks drop constraint blob_checks_state_check;
alter table blob_checks add constraint blob_checks_state_check check (state in ('whole', 'missing', 'changed', 'unreadable'));
