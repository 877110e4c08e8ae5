drop table snapshot_exhibits;
