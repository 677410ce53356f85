-- AlterTable
ALTER TABLE "sealed_keys" ADD COLUMN     "damaged_digest" TEXT;

-- Whether a key can be read is told from its envelope from now on, not from its health.
UPDATE "api_keys" SET "health" = 'UNVERIFIED', "health_reason" = NULL WHERE "health" = 'UNREADABLE';
