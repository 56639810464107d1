-- Roles and database on a PostgreSQL (15 or later) of your own. As its superuser:
--   OWNER_PASSWORD=… APP_PASSWORD=… psql -d postgres -f own-server.sql
-- The owner migrates; web and worker connect as app, which cannot change the trail.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
set log_min_error_statement = panic; -- a failing statement must not leave a password in the log
create role audit_tracker_owner login nosuperuser password :'owner_password';
create role audit_tracker_app login nosuperuser password :'app_password';
create database audit_tracker owner audit_tracker_owner template template0 encoding 'UTF8' locale 'C.UTF-8';
revoke all on database audit_tracker from public;
grant connect, temporary on database audit_tracker to audit_tracker_app;
