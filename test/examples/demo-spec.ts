import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

type Demo = ChildProcessByStdio<null, Readable, null>;

describe('the demo', () => {
  let temporary: string;
  let running: Demo | null = null;
  beforeEach(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'keystream-demo-suite-'));
  });
  afterEach(async () => {
    running?.kill('SIGKILL');
    await rm(temporary, { recursive: true, force: true });
  });

  const start = (...flags: string[]): Demo => {
    const demo = spawn(process.execPath, ['demo/main.mjs', ...flags], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running = demo;
    return demo;
  };

  it('shows all that it should, stays up for a browser where asked to, and leaves nothing', async () => {
    const demo = start('--keep');
    const lines = await readUntil(demo, /Ctrl-C/);
    const text = lines.join('\n');
    // In a pipe, there are no colours.
    expect(text).not.toContain('\u001b');
    expect(text).toContain('All of it worked');
    expect(text.match(/ChatCompleted +\d+ tokens in/g)).toHaveLength(3);
    expect(text.match(/SearchStarted +BRAVE: /g)).toHaveLength(2);
    expect(text.match(/SearchFinished +.+: 5 results/g)).toHaveLength(2);
    expect(text).toContain('with 2 results');

    const [, graphql = ''] = /Apollo Sandbox +(\S+)/.exec(text) ?? [];
    const [, token = ''] = /Token +(\S+)/.exec(text) ?? [];
    const response = await fetch(graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ viewer { id } }' }),
    });
    expect(await response.json()).toEqual({ data: { viewer: { id: 'alice' } } });
    expect(await interrupt(demo)).toBe(130);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('ends by itself with exit code 0', async () => {
    const demo = start();
    const exited = once(demo, 'exit');
    await readUntil(demo, /All of it worked/);
    expect(await exited).toEqual([0, null]);
    expect(await readdir(temporary)).toEqual([]);
  });

  it.each([
    ['it is interrupted', (demo: Demo) => demo.kill('SIGINT'), 130],
    ['its terminal is closed', (demo: Demo) => demo.kill('SIGHUP'), 129],
    ['its reader leaves, as in `npm run demo | head`', (demo: Demo) => demo.stdout.destroy(), 141],
  ])('leaves nothing when %s on its way', async (_, disturb, expected) => {
    const demo = start();
    await readUntil(demo, /Alice stores her keys/);
    const exited = once(demo, 'exit');
    demo.stdout.resume();
    disturb(demo);
    expect(await exited).toEqual([expected, null]);
    expect(await readdir(temporary)).toEqual([]);
  });
});

async function readUntil(demo: Demo, last: RegExp): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: demo.stdout })) {
    lines.push(line);
    if (last.test(line)) return lines;
  }
  throw new Error(`The demo ended early:\n${lines.join('\n')}`);
}

/** Ctrl-C. @returns the exit code */
async function interrupt(demo: Demo): Promise<number | null> {
  demo.stdout.resume();
  const exited = once(demo, 'exit');
  demo.kill('SIGINT');
  const [code] = (await exited) as [number | null];
  return code;
}
