drop table audit_events, tokens;
