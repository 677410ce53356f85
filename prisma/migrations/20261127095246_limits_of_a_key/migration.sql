-- CreateEnum
CREATE TYPE "FallbackPolicy" AS ENUM ('USE_SERVER', 'NEVER');

-- AlterEnum
ALTER TYPE "AuditKind" ADD VALUE 'DATA_DELETED';

-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "allowed_models" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "allowed_uses" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "request_limit" BIGINT,
ADD COLUMN     "token_limit" BIGINT,
ADD COLUMN     "used_month" DATE,
ADD COLUMN     "used_requests" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "used_tokens" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "key_reservations" (
    "chat_id" UUID NOT NULL,
    "key_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "month" DATE NOT NULL,
    "tokens" BIGINT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "key_reservations_pkey" PRIMARY KEY ("chat_id","key_id")
);

-- CreateTable
CREATE TABLE "user_settings" (
    "user_id" TEXT NOT NULL,
    "fallback_policy" "FallbackPolicy" NOT NULL DEFAULT 'USE_SERVER',
    "default_search_provider" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_settings_pkey" PRIMARY KEY ("user_id")
);

-- CreateIndex
CREATE INDEX "key_reservations_made_at_idx" ON "key_reservations"("made_at");

-- CreateIndex
CREATE INDEX "key_reservations_user_id_idx" ON "key_reservations"("user_id");
