-- Run once, as the superuser, on an empty server: the database and two logins. The owner changes the schema; the service's login is a
-- member of plimsoll_app, owns nothing, and is held to row security. Give them passwords of your own.
create role plimsoll_app nologin nosuperuser nobypassrls nocreatedb nocreaterole;
create role plimsoll_schema login password 'schema' in role plimsoll_app;
create role plimsoll_service login password 'service' in role plimsoll_app;
create database plimsoll owner plimsoll_schema;
