-- AlterTable
ALTER TABLE "audit_events" ADD COLUMN     "key_generation" SMALLINT,
ADD COLUMN     "mac" BYTEA;

-- CreateTable
CREATE TABLE "audit_links" (
    "writer" UUID NOT NULL,
    "number" BIGINT NOT NULL,
    "event_id" UUID,
    "note" TEXT,
    "hash" BYTEA NOT NULL,
    "key_generation" SMALLINT NOT NULL,

    CONSTRAINT "audit_links_pkey" PRIMARY KEY ("writer","number")
);

-- CreateTable
CREATE TABLE "audit_checkpoints" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "note" TEXT NOT NULL,
    "ok" BOOLEAN,

    CONSTRAINT "audit_checkpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_keys" (
    "generation" SMALLINT NOT NULL,
    "envelope" TEXT NOT NULL,
    "encryption_key_id" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_keys_pkey" PRIMARY KEY ("generation")
);

-- CreateIndex
CREATE UNIQUE INDEX "audit_links_event_id_key" ON "audit_links"("event_id");

-- CreateIndex
CREATE INDEX "audit_checkpoints_at_idx" ON "audit_checkpoints"("at");

-- CreateIndex
CREATE INDEX "audit_links_notes" ON "audit_links"("writer", "number") WHERE (note IS NOT NULL);

-- CreateIndex
CREATE INDEX "audit_events_without_mac" ON "audit_events"("id") WHERE (mac IS NULL);

-- From here on: what a Prisma schema cannot say.


-- The guard of the trail says which table it guards, for it guards its proof, too.
CREATE OR REPLACE FUNCTION "audit_events_append_only"() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('keystream.audit_maintenance', true) IS DISTINCT FROM 'on'
    OR NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
  THEN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END;
$$;

CREATE TRIGGER "audit_links_append_only"
  BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_links"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_events_append_only"();
ALTER TABLE "audit_links" ENABLE ALWAYS TRIGGER "audit_links_append_only";

CREATE TRIGGER "audit_checkpoints_append_only"
  BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_checkpoints"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_events_append_only"();
ALTER TABLE "audit_checkpoints" ENABLE ALWAYS TRIGGER "audit_checkpoints_append_only";

-- A server makes these keys at its first start.
CREATE TRIGGER "refuse_retired_encryption_key"
  BEFORE INSERT OR UPDATE OF "envelope" ON "audit_keys"
  FOR EACH ROW EXECUTE FUNCTION "refuse_retired_encryption_key"();
