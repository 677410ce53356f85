import { PrismaPGlite } from 'pglite-prisma-adapter';
import type { EmbeddedDatabase } from './embedded-database.js';
import { migrationAdapter } from './migration-adapter.js';
import type { MigrationTarget } from './migrator.js';

/** The embedded database for migrations. Its folder's lock keeps everybody else out already. */
export function embeddedMigrationTarget({ pglite, close }: EmbeddedDatabase): MigrationTarget {
  const adapter = new PrismaPGlite(pglite);
  return {
    adapter: migrationAdapter(
      () => adapter.connect(),
      (sql) => pglite.exec(sql),
    ),
    variable: 'DATA_DIR',
    otherPlace: 'Give it a DATA_DIR of its own.',
    reach: () => Promise.resolve(),
    lock: () => Promise.resolve(),
    close,
  };
}
