-- AlterTable
ALTER TABLE "user_settings" ADD COLUMN     "muted_rules" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "rule_states" (
    "user_id" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "key_generation" INTEGER NOT NULL,
    "state" JSONB NOT NULL,
    "version" INTEGER NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rule_states_pkey" PRIMARY KEY ("user_id","rule","subject")
);

-- CreateTable
CREATE TABLE "key_alerts" (
    "id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "rule" TEXT NOT NULL,
    "provider" TEXT,
    "key_id" UUID,
    "explanation" TEXT NOT NULL,
    "acknowledged_at" TIMESTAMPTZ(3),
    "written_at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "key_alerts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" UUID NOT NULL,
    "body" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "rule_states_expires_at_idx" ON "rule_states"("expires_at");

-- CreateIndex
CREATE INDEX "key_alerts_user_id_id_idx" ON "key_alerts"("user_id", "id" DESC);

-- CreateIndex
CREATE INDEX "key_alerts_user_id_written_at_idx" ON "key_alerts"("user_id", "written_at");

-- CreateIndex
CREATE INDEX "key_alerts_written_at_idx" ON "key_alerts"("written_at");

-- CreateIndex
CREATE INDEX "webhook_deliveries_next_attempt_at_idx" ON "webhook_deliveries"("next_attempt_at");

-- From here on: what a Prisma schema cannot say.

-- The models that each key was used with: without them, every old key would seem to be used for the first time.
INSERT INTO "rule_states" ("user_id", "rule", "subject", "key_generation", "state", "version", "updated_at", "expires_at")
SELECT "event"."user_id", 'NEW_MODEL', "key_id"::text, 0,
  jsonb_build_object('models', jsonb_agg(DISTINCT coalesce("model", '')), 'raisedAt', NULL, 'usedAt', 0),
  1, now(), now() + interval '400 days'
FROM "audit_events" AS "event" JOIN "api_keys" ON "api_keys"."id" = "key_id" AND "api_keys"."user_id" = "event"."user_id"
WHERE "kind" = 'KEY_USED' AND "outcome" = 'OK' AND "status" IN ('ACTIVE', 'DISABLED')
GROUP BY 1, 3;
