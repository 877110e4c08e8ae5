drop trigger announce on node_readings;
drop trigger announce on assessments;
drop trigger announce on snapshot_states;
drop function announce_platform();
drop function announce_snapshot();

drop index platforms_sample_idx;
alter table platforms drop column sample;
