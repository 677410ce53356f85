-- CreateTable
CREATE TABLE "retired_encryption_keys" (
    "id" TEXT NOT NULL,
    "retired_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "retired_encryption_keys_pkey" PRIMARY KEY ("id")
);

-- From here on: what a Prisma schema cannot say.

-- A server that still seals with a key that was retired is refused: what it stores would not open any more. The
-- function has its owner's rights, for servers of the version before know nothing of the table. It names its table by the
-- schema of the one that it guards, so that no other can take its place.
CREATE FUNCTION "refuse_retired_encryption_key"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  is_retired boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT FROM %I.retired_encryption_keys WHERE id = $1)', TG_TABLE_SCHEMA)
    INTO is_retired USING split_part(NEW.envelope, '.', 2);
  IF is_retired THEN
    RAISE EXCEPTION 'the encryption key % was retired: nothing is sealed with it any more', split_part(NEW.envelope, '.', 2)
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  RETURN NEW;
END;
$$;

CREATE TRIGGER "refuse_retired_encryption_key"
  BEFORE INSERT OR UPDATE OF "envelope" ON "sealed_keys"
  FOR EACH ROW EXECUTE FUNCTION "refuse_retired_encryption_key"();
