/** SQLSTATE of a change that a standby, or a session that is set to read only, refuses. */
export const READ_ONLY = '25006';

/** SQLSTATE of a row whose like is there already. */
export const UNIQUE_VIOLATION = '23505';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The error and those behind it: its causes, the driver's error that Prisma keeps, the parts of an AggregateError. */
export function* errorsBehind(error: unknown, seen = new Set<unknown>()): Generator<Record<string, unknown>> {
  if (!isObject(error) || seen.has(error)) return;
  seen.add(error);
  yield error;
  const parts = Array.isArray(error.errors) ? (error.errors as unknown[]) : [];
  const meta = isObject(error.meta) ? error.meta.driverAdapterError : undefined;
  for (const inner of [error.cause, meta, ...parts]) yield* errorsBehind(inner, seen);
}

/**
 * Every code that the error or one behind it carries: Prisma's (P2024), SQLSTATE (57P01), Node's (ECONNREFUSED), and
 * the driver adapters' kinds (ConnectionClosed).
 */
export function codesOf(error: unknown): string[] {
  return [...errorsBehind(error)]
    .flatMap(({ code, originalCode, kind }) => [code, originalCode, kind])
    .filter((code) => typeof code === 'string');
}

/** What the error's deepest cause says, in a line: the driver's own words, for logs and for operators. */
export function wordsOf(error: unknown): string {
  const lines = [...errorsBehind(error)]
    .flatMap(({ message, originalMessage }) => [message, originalMessage])
    .filter((words) => typeof words === 'string')
    .map((words) => words.trim().split('\n').at(-1) ?? '')
    // Prisma wraps the server's words once more in a raw query.
    .map((line) => /^Raw query failed\. Code: `.*?`\. Message: `(.*)`$/.exec(line)?.[1] ?? line);
  // A driver adapter's error has the name of its kind for a message: better than nothing.
  return lines.findLast((line) => line.includes(' ')) ?? lines.at(-1) ?? String(error);
}

export const hasCode = (error: unknown, code: string): boolean => codesOf(error).includes(code);

/** https://www.prisma.io/docs/orm/reference/error-reference */
export const isPrismaCode = (code: string): boolean => /^P\d{4}$/.test(code);
