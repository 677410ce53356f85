import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import pg from 'pg';
import { runId } from '../support/run-names.js';

const { TEST_DATABASE_URL: databaseUrl } = process.env;
const guard = new URL('../support/run-guard.mjs', import.meta.url).href;
const databases = new URL('../support/run-databases.mjs', import.meta.url).href;

/** A run as the global setup begins it, with a file, a database, and a worker that is too busy to hear of anything. */
const RUN = `
  import { spawn } from 'node:child_process';
  import { writeFileSync } from 'node:fs';
  import { startGuard } from '${guard}';
  import { createTemplateDatabase } from '${databases}';
  const [folder, run] = process.argv.slice(-2);
  const { end } = await startGuard(folder, run);
  writeFileSync(folder + '/file', 'of the run');
  if (process.env.TEST_DATABASE_URL) await createTemplateDatabase(process.env.TEST_DATABASE_URL, run);
  process.env.TEST_RUN = run;
  const worker = spawn(process.execPath, ['-e', 'process.stdout.write("begun"); for (;;);'], { stdio: ['ignore', 'pipe', 'ignore'] });
  worker.stdout.once('data', () => console.log(worker.pid));
  process.once('SIGUSR2', () => end().then(() => { worker.kill('SIGKILL'); process.exit(0); }));
`;

describe('a run of tests', () => {
  let run: string;
  let folder: string;
  let running: ChildProcess;
  let workerId: number;
  beforeEach(async () => {
    run = `${runId()}a${Math.random().toString(16).slice(2, 8)}`;
    folder = join(tmpdir(), `of-${run}`);
    // In a process group of its own, as a shell begins it: Ctrl-C means the group.
    running = spawn(process.execPath, ['--input-type=module', '-e', RUN, '--', folder, run], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TEST_RUN: '' },
    });
    const [line] = (await once(createInterface({ input: running.stdout! }), 'line')) as [string];
    workerId = Number(line);
    await access(join(folder, 'file'));
    expect(await databasesOf(run)).toBe(databaseUrl ? 1 : 0);
  });
  afterEach(() => {
    if (isAlive(workerId)) process.kill(workerId, 'SIGKILL');
  });

  it.each([
    ['is interrupted', () => process.kill(-running.pid!, 'SIGINT')],
    ['is asked to stop', () => running.kill('SIGTERM')],
    ['is killed', () => running.kill('SIGKILL')],
  ])('leaves nothing when it %s', async (_, end) => {
    end();
    await once(running, 'exit');
    await untilNothingIsLeft();
  });

  it('leaves nothing when it ends, and has ended only then', async () => {
    running.kill('SIGUSR2');
    expect(await once(running, 'exit')).toEqual([0, null]);
    expect(existsSync(folder)).toBe(false);
    expect(await databasesOf(run)).toBe(0);
  });

  /** It comes about after the end, by a process that is not waited for. */
  async function untilNothingIsLeft(): Promise<void> {
    while (existsSync(folder) || (await databasesOf(run)) > 0 || isAlive(workerId)) await nextTurn();
  }
});

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

async function databasesOf(run: string): Promise<number> {
  if (!databaseUrl) return 0;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const sql = 'SELECT datname FROM pg_database WHERE starts_with(datname, $1)';
    return (await client.query(sql, [`keystream_test_${run}`])).rows.length;
  } finally {
    await client.end();
  }
}
