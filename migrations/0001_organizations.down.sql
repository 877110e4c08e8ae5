drop table sessions, members, organizations, people cascade;
revoke select on schema_migrations from plimsoll_app;
revoke usage on schema public from plimsoll_app;
-- The role stays: it belongs to the server, and other databases may use it.
