import { execFileSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Builds what tests start as processes of their own, and makes one migrated embedded database for suites to copy:
 * making one takes seconds, copying it a fraction of one.
 */
export default async function setUp() {
  /** @type {import('node:child_process').ExecFileSyncOptions} */
  const quietly = { stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync('npm', ['run', '--silent', 'build'], quietly);
  const dataDir = await mkdtemp(join(tmpdir(), 'keystream-template-'));
  const environment = { ...process.env, DATABASE_URL: '', MIGRATION_DATABASE_URL: '', DATA_DIR: dataDir };
  execFileSync(process.execPath, ['dist/cli/migrate.js'], { ...quietly, env: environment });
  process.env.TEST_TEMPLATE_DIR = dataDir;
}
