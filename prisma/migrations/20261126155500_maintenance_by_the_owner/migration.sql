-- What maintenance says in its own transaction (SET LOCAL keystream.audit_maintenance = 'on') counts only for those who
-- have the rights of the table's owner: any role may set it, the server's too. No other function is looked up than
-- PostgreSQL's own, and the trigger fires whatever session_replication_role is.
CREATE OR REPLACE FUNCTION "audit_events_append_only"() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('keystream.audit_maintenance', true) IS DISTINCT FROM 'on'
    OR NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
  THEN
    RAISE EXCEPTION 'audit_events is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END;
$$;

ALTER TABLE "audit_events" ENABLE ALWAYS TRIGGER "audit_events_append_only";
