import { parseArgs, type ParseArgsConfig } from 'node:util';
import { StartupError } from '../common/startup-error.js';

/** What a command is for and how it is called, in the lines that `--help` prints. */
export interface Usage {
  /** As it is typed: `npm run token -- --user <id>`. */
  readonly call: string;
  /** What it does, in a sentence. */
  readonly does: string;
  /** What each option means, by how it is typed: `--user <id>`. */
  readonly options?: Readonly<Record<string, string>>;
}

/** Not what a command takes. Its message holds the usage. */
export class UsageError extends StartupError {
  constructor(mistake: string, usage: Usage) {
    super(`${mistake}\n\n${usageText(usage)}`);
  }
}

/** A user asks how a command is used, which is no mistake. */
export class HelpRequest extends StartupError {
  constructor(usage: Usage) {
    super(usageText(usage));
  }
}

/**
 * The options of a command line, as `parseArgs` of Node reads them.
 *
 * @throws UsageError for what the command does not take
 * @throws HelpRequest for `--help` and `-h`, with any other arguments
 */
export function readOptions<const Options extends NonNullable<ParseArgsConfig['options']>>(
  commandLine: readonly string[],
  usage: Usage,
  options: Options,
): ReturnType<typeof parseArgs<{ options: Options }>>['values'] {
  refuseHelp(commandLine, usage);
  try {
    return parseArgs({ args: [...commandLine], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), usage);
  }
}

/**
 * The one argument of a command that takes no options: as it stands, for an id may begin like an option.
 *
 * @param pattern what it looks like
 * @throws UsageError for none, for more, and for what does not look like one
 * @throws HelpRequest for `--help` and `-h`
 */
export function readArgument(commandLine: readonly string[], usage: Usage, pattern: RegExp): string {
  refuseHelp(commandLine, usage);
  const [argument, ...others] = commandLine;
  if (argument === undefined || others.length > 0) throw new UsageError('It takes one argument.', usage);
  if (pattern.test(argument)) return argument;
  throw new UsageError(
    argument.startsWith('-') ? `Unknown option '${argument}'` : 'The argument does not look like one.',
    usage,
  );
}

function refuseHelp(commandLine: readonly string[], usage: Usage): void {
  if (commandLine.some((argument) => argument === '--help' || argument === '-h'))
    throw new HelpRequest(usage);
}

function usageText({ call, does, options = {} }: Usage): string {
  const lines = Object.entries({ ...options, '--help': 'print this' });
  const width = Math.max(...lines.map(([option]) => option.length));
  return [
    `Usage: ${call}`,
    '',
    does,
    '',
    ...lines.map(([option, meaning]) => `  ${option.padEnd(width)}  ${meaning}`),
  ].join('\n');
}
