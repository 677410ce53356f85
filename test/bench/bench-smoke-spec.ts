import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import type { Row } from '../../bench/report/figures.mjs';

// A busy machine is no reason to fail: that it runs is what counts, never how fast.
const LIMIT_MS = 300_000;
jest.setTimeout(LIMIT_MS);

const run = promisify(execFile);

describe('npm run bench', () => {
  it('runs, and every character comes once', async () => {
    const { stdout } = await run('npm', ['run', '--silent', 'bench', '--', '--smoke', '--json'], {
      env: {
        ...process.env,
        BENCH_DATABASE_URL: process.env.TEST_DATABASE_URL,
        BENCH_REDIS_URL: process.env.TEST_REDIS_URL,
      },
      // Ends it in order: what it has started goes with it.
      timeout: LIMIT_MS - 20_000,
    });
    const { rows } = JSON.parse(stdout) as { rows: Row[] };
    const subjects = [
      'floor',
      'Keystream',
      ...(process.env.TEST_REDIS_URL ? ['Keystream with Redis'] : []),
      'plain Nest',
    ];
    const expected = [
      ...subjects.map((subject) => ['burst', subject, 8] as const),
      ...subjects.map((subject) => ['paced', subject, 8] as const),
      ...subjects.map((subject) => ['short', subject, 20] as const),
      ...['OPENAI', 'ANTHROPIC', 'GOOGLE'].map(
        (provider) => ['providers', `Keystream, ${provider}`, 8] as const,
      ),
    ];
    // The bench holds each answer against what the provider said, character by character.
    expect(rows.map((row) => [row.case, row.subject, row.asked, row.failed, row.note])).toEqual(
      expected.map(([name, subject, asked]) => [name, subject, asked, 0, '']),
    );
  });

  it('refuses a case that is not there', async () => {
    await expect(run('npm', ['run', '--silent', 'bench', '--', '--cases', 'brust'])).rejects.toMatchObject({
      code: 1,
      stderr: 'There is no case of this name: brust. See --help.\n',
    });
  });
});
