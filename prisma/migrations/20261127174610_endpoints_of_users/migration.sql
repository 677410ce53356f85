-- DropIndex
DROP INDEX "api_keys_one_live_key";

-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "endpoint_name" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "endpoint_slot" SMALLINT,
ADD COLUMN     "endpoint_url" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_one_live_key" ON "api_keys"("user_id", "provider", "endpoint_name") WHERE (status = ANY (ARRAY['ACTIVE'::"ApiKeyStatus", 'DISABLED'::"ApiKeyStatus"]));

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_endpoint_slots" ON "api_keys"("user_id", "endpoint_slot") WHERE (status = ANY (ARRAY['ACTIVE'::"ApiKeyStatus", 'DISABLED'::"ApiKeyStatus"]));

-- An endpoint has a name, an address and one of its owner's places; a provider's key has none of them.
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_whole_endpoint" CHECK (
  ("endpoint_name" = '') = ("endpoint_url" IS NULL) AND ("endpoint_name" = '') = ("endpoint_slot" IS NULL)
);
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_twenty_endpoints" CHECK ("endpoint_slot" BETWEEN 1 AND 20);
