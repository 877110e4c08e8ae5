drop table snapshot_blobs, snapshot_states, snapshots;
