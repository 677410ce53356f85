-- AlterTable
ALTER TABLE "audit_events" ADD COLUMN     "cost" DECIMAL(28,12);

-- AlterTable
ALTER TABLE "model_hours" ADD COLUMN     "cost" DECIMAL(28,12),
ADD COLUMN     "unpriced_chats" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "usage_hours" ADD COLUMN     "cost" DECIMAL(28,12),
ADD COLUMN     "unpriced_chats" BIGINT NOT NULL DEFAULT 0;

-- Nobody has written down what chats before this cost: those of an hour that has tokens count as chats without a price.
UPDATE "usage_hours" SET "unpriced_chats" = "chats" WHERE "input_tokens" + "output_tokens" > 0;
UPDATE "model_hours" SET "unpriced_chats" = "chats" WHERE "input_tokens" + "output_tokens" > 0;
