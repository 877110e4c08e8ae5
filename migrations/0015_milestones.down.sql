drop table milestones;
