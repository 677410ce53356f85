-- CreateEnum
CREATE TYPE "ApiKeyStatus" AS ENUM ('ACTIVE', 'DISABLED', 'REPLACED', 'DELETED');

-- CreateEnum
CREATE TYPE "KeyHealth" AS ENUM ('UNVERIFIED', 'VALID', 'REJECTED', 'EXHAUSTED', 'RATE_LIMITED', 'UNREADABLE');

-- CreateEnum
CREATE TYPE "KeySource" AS ENUM ('USER', 'SERVER');

-- CreateEnum
CREATE TYPE "AuditKind" AS ENUM ('KEY_STORED', 'KEY_REPLACED', 'KEY_UPDATED', 'KEY_DELETED', 'KEY_VERIFIED', 'KEY_USED', 'CHAT_FINISHED', 'SEARCH_FINISHED', 'SETTINGS_UPDATED', 'ANOMALY');

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "name" TEXT,
    "masked_key" TEXT NOT NULL,
    "status" "ApiKeyStatus" NOT NULL DEFAULT 'ACTIVE',
    "health" "KeyHealth" NOT NULL DEFAULT 'UNVERIFIED',
    "health_reason" TEXT,
    "health_checked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "replaced_by_id" UUID,

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sealed_keys" (
    "key_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "envelope" TEXT NOT NULL,
    "encryption_key_id" TEXT NOT NULL,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sealed_keys_pkey" PRIMARY KEY ("key_id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "kind" "AuditKind" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "provider" TEXT,
    "key_id" UUID,
    "key_source" "KeySource",
    "chat_id" UUID,
    "model" TEXT,
    "outcome" TEXT NOT NULL,
    "input_tokens" BIGINT,
    "output_tokens" BIGINT,
    "time_to_first_token_ms" DOUBLE PRECISION,
    "duration_ms" DOUBLE PRECISION,
    "detail" TEXT,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "usage_hours" (
    "user_id" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "provider" TEXT NOT NULL,
    "key_source" "KeySource" NOT NULL,
    "chats" BIGINT NOT NULL DEFAULT 0,
    "searches" BIGINT NOT NULL DEFAULT 0,
    "failures" BIGINT NOT NULL DEFAULT 0,
    "input_tokens" BIGINT NOT NULL DEFAULT 0,
    "output_tokens" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "usage_hours_pkey" PRIMARY KEY ("user_id","hour","provider","key_source")
);

-- CreateTable
CREATE TABLE "vault_state" (
    "id" SMALLINT NOT NULL DEFAULT 1,
    "encryption_key_id" TEXT NOT NULL,
    "canary" TEXT NOT NULL,
    "environment_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "vault_state_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "api_keys_user_id_id_idx" ON "api_keys"("user_id", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_one_live_key" ON "api_keys"("user_id", "provider") WHERE (status IN ('ACTIVE', 'DISABLED'));

-- CreateIndex
CREATE INDEX "sealed_keys_encryption_key_id_idx" ON "sealed_keys"("encryption_key_id");

-- CreateIndex
CREATE INDEX "audit_events_user_id_id_idx" ON "audit_events"("user_id", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_events_user_id_kind_id_idx" ON "audit_events"("user_id", "kind", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_events_user_id_provider_id_idx" ON "audit_events"("user_id", "provider", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_events_user_id_at_idx" ON "audit_events"("user_id", "at");

-- CreateIndex
CREATE INDEX "audit_events_key_id_idx" ON "audit_events"("key_id");

-- CreateIndex
CREATE INDEX "audit_events_chat_id_idx" ON "audit_events"("chat_id");

-- AddForeignKey
ALTER TABLE "sealed_keys" ADD CONSTRAINT "sealed_keys_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "api_keys"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- From here on: what a Prisma schema cannot say. `migrate diff` neither sees nor touches it.

-- vault_state has one row at most.
ALTER TABLE "vault_state" ADD CONSTRAINT "vault_state_one_row" CHECK ("id" = 1);

-- The audit trail is append-only, for the role that owns it too. Maintenance that may delete from it says so
-- in its own transaction: SET LOCAL keystream.audit_maintenance = 'on'.
CREATE FUNCTION "audit_events_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('keystream.audit_maintenance', true) IS DISTINCT FROM 'on' THEN
    RAISE EXCEPTION 'audit_events is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END;
$$;

CREATE TRIGGER "audit_events_append_only"
  BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_events"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_events_append_only"();
