-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "cost_limit" DECIMAL(28,12),
ADD COLUMN     "cost_month" DATE,
ADD COLUMN     "used_cost" DECIMAL(28,12) NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "key_reservations" ADD COLUMN     "cost" DECIMAL(28,12) NOT NULL DEFAULT 0;
