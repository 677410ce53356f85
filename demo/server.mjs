import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/**
 * Starts the real server as a process of its own.
 *
 * @param {Record<string, string>} environment
 * @returns {Promise<{ url: string, stop(): Promise<void> }>} once it listens
 */
export async function startServer(environment) {
  // Nothing of the visitor's own environment but what a process needs: no real key can end up in a demo.
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [entry], {
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  process.once('exit', () => child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /Listening on (http:\S+)\/graphql/.exec(line)?.[1];
    if (url) {
      child.stdout.resume();
      return { url, stop };
    }
  }
  throw new Error('The server did not start.');
}
