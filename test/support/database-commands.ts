import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { QUICK_START } from './quick-start.mjs';

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

type Environment = Readonly<Record<string, string>>;

/** This process's environment without a database, and what a test adds to it. */
function environmentWith(added: Environment): NodeJS.ProcessEnv {
  const none = { DATABASE_URL: '', MIGRATION_DATABASE_URL: '', NODE_OPTIONS: '', NODE_ENV: '' };
  return { ...process.env, ...none, NO_COLOR: '1', ...added };
}

/** Runs a command to its end; the output is what it said on either stream. */
export async function run(
  command: string,
  args: readonly string[],
  environment: Environment,
): Promise<Outcome> {
  const child = spawn(command, args, {
    env: environmentWith(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const [[code], out, err] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  return { code, output: out + err };
}

/** Runs a command of dist/cli. */
export const runCli = (
  command: string,
  environment: Environment,
  args: readonly string[] = [],
): Promise<Outcome> =>
  run(process.execPath, [...QUICK_START, `dist/cli/${command}.js`, ...args], environment);

/** A process that has the embedded database open. */
export async function holdEmbeddedDatabase(environment: Environment): Promise<ChildProcess> {
  const holder = spawn(process.execPath, [...QUICK_START, 'test/support/database-holder.mjs'], {
    env: environmentWith(environment),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [words] = (await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])) as [unknown];
  if (String(words) !== 'open\n') throw new Error('The embedded database did not open.');
  return holder;
}
