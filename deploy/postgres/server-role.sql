-- The server's role, as docs/operations.md has it under "Two roles": may be run again and again, after each migration.
-- psql --set=password=… --file=deploy/postgres/server-role.sql, as the role that owns the tables and may make roles.
\set ON_ERROR_STOP on

SELECT 'CREATE ROLE keystream_server LOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keystream_server') \gexec
ALTER ROLE keystream_server PASSWORD :'password';

SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO keystream_server', current_database()) \gexec

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM keystream_server;
GRANT USAGE ON SCHEMA public TO keystream_server;
GRANT SELECT ON _prisma_migrations, retired_encryption_keys TO keystream_server;
GRANT SELECT, INSERT ON audit_events, audit_links, audit_checkpoints TO keystream_server;
GRANT SELECT, INSERT, UPDATE (envelope, encryption_key_id) ON audit_keys TO keystream_server;
GRANT SELECT, INSERT, UPDATE ON vault_state TO keystream_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON api_keys, usage_hours, model_hours, key_hours, user_settings,
  key_reservations TO keystream_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON rule_states, key_alerts, webhook_deliveries TO keystream_server;
GRANT SELECT, INSERT, UPDATE (damaged_digest), DELETE ON sealed_keys TO keystream_server;
GRANT SELECT, INSERT, UPDATE (last_used_at), DELETE ON access_tokens TO keystream_server;
GRANT SELECT, INSERT, UPDATE (mime_type, bytes, chunk_count, expires_at), DELETE ON attachments TO keystream_server;
GRANT SELECT, INSERT ON attachment_chunks TO keystream_server;
