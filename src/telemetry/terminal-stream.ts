import { prettyFactory } from 'pino-pretty';

/** What a terminal might take for a command (ECMA-48), and what would begin another line. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]/gu;

/** Of lines of our own: an error's stack, and of it only the line breaks. */
const STACK = 'stack';

/**
 * Lines of the log for a user who reads along in a terminal: the same fields, in colour where the terminal has any
 * (and `NO_COLOR` is not set). What a line quotes can neither move the cursor nor pass for another line.
 *
 * Written at once and in order, so that a process that ends abruptly has said all.
 */
export function terminalStream(output: { write(text: string): unknown }): { write(line: string): void } {
  const pretty = prettyFactory({
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,context',
    messageFormat: '{if context}[{context}] {end}{msg}',
    singleLine: true,
  });
  return { write: (line) => void output.write(pretty(JSON.parse(line, harmless) as object)) };
}

function harmless(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.replace(CONTROL_CHARACTERS, (character) =>
    character === '\n' && name === STACK ? character : escapeOf(character),
  );
}

const escapeOf = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
