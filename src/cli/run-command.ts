import { StartupError } from '../common/startup-error.js';

/**
 * Runs a command's work. What its user can mend is told in words; anything else is our mistake, and keeps its stack.
 *
 * @param work resolves to the exit code
 */
export function runCommand(work: () => Promise<number>): void {
  work().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      const words =
        error instanceof StartupError ? error.message : error instanceof Error ? error.stack : String(error);
      process.stderr.write(`${words ?? ''}\n`);
      process.exitCode = 1;
    },
  );
}

export const print = (line: string): boolean => process.stdout.write(`${line}\n`);
