import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beginRun } from './begin-run.mjs';
import { QUICK_START } from './quick-start.mjs';
import { createTemplateDatabase } from './run-databases.mjs';

/**
 * Builds what tests start as processes of their own, and makes one migrated database of each kind for suites to copy:
 * making one takes seconds, copying it a fraction of one.
 */
export default async function setUp() {
  const { run, folder } = await beginRun();
  process.env.TEST_TEMPLATE_DIR = join(folder, 'template');

  execFileSync('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
  migrate({ DATABASE_URL: '', DATA_DIR: process.env.TEST_TEMPLATE_DIR });
  if (process.env.TEST_DATABASE_URL)
    migrate({ DATABASE_URL: await createTemplateDatabase(process.env.TEST_DATABASE_URL, run) });
}

/** @param {Record<string, string>} database */
function migrate(database) {
  execFileSync(process.execPath, [...QUICK_START, 'dist/cli/migrate.js'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, MIGRATION_DATABASE_URL: '', ...database },
  });
}
