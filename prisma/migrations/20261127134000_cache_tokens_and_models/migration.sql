-- AlterTable
ALTER TABLE "audit_events" ADD COLUMN     "cache_write_input_tokens" BIGINT,
ADD COLUMN     "cached_input_tokens" BIGINT;

-- AlterTable
ALTER TABLE "usage_hours" ADD COLUMN     "cache_write_input_tokens" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "cached_input_tokens" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "model_hours" (
    "user_id" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "provider" TEXT NOT NULL,
    "key_source" "KeySource" NOT NULL,
    "model" TEXT NOT NULL,
    "chats" BIGINT NOT NULL DEFAULT 0,
    "failures" BIGINT NOT NULL DEFAULT 0,
    "input_tokens" BIGINT NOT NULL DEFAULT 0,
    "output_tokens" BIGINT NOT NULL DEFAULT 0,
    "cached_input_tokens" BIGINT NOT NULL DEFAULT 0,
    "cache_write_input_tokens" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "model_hours_pkey" PRIMARY KEY ("user_id","hour","provider","key_source","model")
);
