import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  MigrationList,
  SchemaFilter,
  SchemasContainer,
} from '@prisma/schema-engine-wasm/schema_engine_bg';

const prismaFolder = fileURLToPath(new URL('../../prisma/', import.meta.url));
const lockFile = 'migration_lock.toml';

export const migrationsFolder = join(prismaFolder, 'migrations');

/** Nothing in the database is exempt from migrations. */
export const wholeSchema: SchemaFilter = { externalTables: [], externalEnums: [] };

/** The Prisma schema that comes with this server. */
export const readSchema = (): Promise<string> => readFile(join(prismaFolder, 'schema.prisma'), 'utf8');

/** The same as the engine takes it. */
export async function readSchemas(): Promise<SchemasContainer> {
  return { files: [{ path: join(prismaFolder, 'schema.prisma'), content: await readSchema() }] };
}

/** Names of the migrations that come with this server, in the order in which they are applied. */
export async function listMigrationNames(folder = migrationsFolder): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** The same with all that the schema engine wants to know of them. */
export async function readMigrations(folder = migrationsFolder): Promise<MigrationList> {
  const names = await listMigrationNames(folder);
  return {
    baseDir: folder,
    lockfile: { path: lockFile, content: await readFile(join(folder, lockFile), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (path) => {
        const value = await readFile(join(folder, path, 'migration.sql'), 'utf8');
        return { path, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } };
      }),
    ),
  };
}
