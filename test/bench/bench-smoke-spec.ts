import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import type { Row } from '../../bench/report/figures.mjs';

// A busy machine is no reason to fail: that it runs is what counts, never how fast.
jest.setTimeout(300_000);

const run = promisify(execFile);

describe('npm run bench', () => {
  it('runs, and every character comes once', async () => {
    const { stdout } = await run('npm', ['run', '--silent', 'bench', '--', '--smoke', '--json'], {
      env: {
        ...process.env,
        BENCH_DATABASE_URL: process.env.TEST_DATABASE_URL,
        BENCH_REDIS_URL: process.env.TEST_REDIS_URL,
      },
    });
    const { rows } = JSON.parse(stdout) as { rows: Row[] };
    const subjects = [
      'floor',
      'Keystream',
      ...(process.env.TEST_REDIS_URL ? ['Keystream with Redis'] : []),
      'plain Nest',
    ];
    // The bench holds each answer against what the provider said, character by character.
    expect(rows.map((row) => [row.case, row.subject, row.asked, row.failed, row.note])).toEqual(
      [['burst', 8] as const, ['paced', 8] as const, ['short', 20] as const].flatMap(([name, asked]) =>
        subjects.map((subject) => [name, subject, asked, 0, '']),
      ),
    );
  });

  it('refuses a case that is not there', async () => {
    await expect(run('npm', ['run', '--silent', 'bench', '--', '--cases', 'brust'])).rejects.toMatchObject({
      code: 1,
      stderr: 'There is no case of this name: brust. See --help.\n',
    });
  });
});
