import { StartupError } from '../common/startup-error.js';
import { HelpRequest, readOptions } from './command-line.js';

/**
 * Runs a command's work. A mistake of its user is reported as a message; anything else is a bug, and keeps its stack.
 *
 * @param work resolves to the exit code
 */
export function runCommand(work: () => Promise<number>): void {
  work().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.exitCode = report(error);
    },
  );
}

/** {@link readOptions} for a script whose work is not run by {@link runCommand}: it ends where there are none to read. */
export const readOptionsOrExit: typeof readOptions = (...args) => {
  try {
    return readOptions(...args);
  } catch (error) {
    process.exit(report(error));
  }
};

export const print = (line: string): boolean => process.stdout.write(`${line}\n`);

/** @returns the exit code */
function report(error: unknown): number {
  if (error instanceof HelpRequest) {
    print(error.message);
    return 0;
  }
  const words =
    error instanceof StartupError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${words ?? ''}\n`);
  return 1;
}
