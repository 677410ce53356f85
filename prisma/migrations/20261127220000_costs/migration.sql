-- AlterTable
ALTER TABLE "audit_events" ADD COLUMN     "cost" DECIMAL(28,12);

-- AlterTable
ALTER TABLE "model_hours" ADD COLUMN     "cost" DECIMAL(28,12),
ADD COLUMN     "priced_chats" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "usage_hours" ADD COLUMN     "cost" DECIMAL(28,12),
ADD COLUMN     "priced_chats" BIGINT NOT NULL DEFAULT 0;
