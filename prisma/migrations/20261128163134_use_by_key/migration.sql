-- CreateTable
CREATE TABLE "key_hours" (
    "user_id" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "provider" TEXT NOT NULL,
    "key_source" "KeySource" NOT NULL,
    "key_id" UUID NOT NULL,
    "model" TEXT NOT NULL,
    "chats" BIGINT NOT NULL DEFAULT 0,
    "searches" BIGINT NOT NULL DEFAULT 0,
    "failures" BIGINT NOT NULL DEFAULT 0,
    "input_tokens" BIGINT NOT NULL DEFAULT 0,
    "output_tokens" BIGINT NOT NULL DEFAULT 0,
    "cached_input_tokens" BIGINT NOT NULL DEFAULT 0,
    "cache_write_input_tokens" BIGINT NOT NULL DEFAULT 0,
    "cost" DECIMAL(28,12),
    "priced_chats" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "key_hours_pkey" PRIMARY KEY ("user_id","hour","provider","key_source","key_id","model")
);

-- AddForeignKey
ALTER TABLE "key_hours" ADD CONSTRAINT "key_hours_user_id_hour_provider_key_source_fkey" FOREIGN KEY ("user_id", "hour", "provider", "key_source") REFERENCES "usage_hours"("user_id", "hour", "provider", "key_source") ON DELETE CASCADE ON UPDATE CASCADE;
