drop function discard_foreign_snapshot(uuid);
delete from snapshot_states where state = 'foreign';
alter table snapshot_states drop constraint snapshot_states_state_check;
alter table snapshot_states add constraint snapshot_states_state_check check (state in ('queued', 'assessed', 'failed'));
drop table assessment_movements;
