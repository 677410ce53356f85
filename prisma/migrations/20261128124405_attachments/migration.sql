-- CreateTable
CREATE TABLE "attachments" (
    "id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "envelope" TEXT NOT NULL,
    "encryption_key_id" TEXT NOT NULL,
    "sealed_name" BYTEA,
    "mime_type" TEXT,
    "bytes" INTEGER NOT NULL,
    "chunk_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "attachments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "attachment_chunks" (
    "attachment_id" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "attachment_chunks_pkey" PRIMARY KEY ("attachment_id","index")
);

-- CreateIndex
CREATE INDEX "attachments_user_id_expires_at_idx" ON "attachments"("user_id", "expires_at");

-- CreateIndex
CREATE INDEX "attachments_expires_at_idx" ON "attachments"("expires_at");

-- AddForeignKey
ALTER TABLE "attachment_chunks" ADD CONSTRAINT "attachment_chunks_attachment_id_fkey" FOREIGN KEY ("attachment_id") REFERENCES "attachments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A server writes these while it runs.
CREATE TRIGGER "refuse_retired_encryption_key"
  BEFORE INSERT OR UPDATE OF "envelope" ON "attachments"
  FOR EACH ROW EXECUTE FUNCTION "refuse_retired_encryption_key"();

-- What is sealed does not get smaller.
ALTER TABLE "attachment_chunks" ALTER COLUMN "sealed" SET STORAGE EXTERNAL;
