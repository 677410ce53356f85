import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { isPrismaCode } from '../error-codes.js';

/** Has the Prisma CLI print something: its standard output is not ours. */
export type Print = (content: string) => void;

/** What answers the requests, by the names that the Prisma CLI calls them. */
export type EngineMethods = Readonly<Record<string, (params: never) => Promise<unknown>>>;

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params?: unknown;
}

/** JSON-RPC's code for an error of the server's own; the Prisma CLI reads `data` and not the code. */
const ENGINE_ERROR = 4466;

/**
 * Speaks with the Prisma CLI as its schema-engine binary does: JSON-RPC, one object a line, until the input ends.
 */
export async function serveRequests(
  input: Readable,
  output: Writable,
  createMethods: (print: Print) => EngineMethods,
): Promise<void> {
  const send = (message: object) => output.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  let printed = 0;
  const methods = createMethods((content) => {
    send({ id: (printed += 1), method: 'print', params: { content } });
  });
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const { id, method, params } = JSON.parse(line) as Partial<Request>;
    // What has no method is the CLI's receipt for something printed.
    if (id === undefined || method === undefined) continue;
    send({ id, ...(await answerTo({ id, method, params }, methods)) });
  }
}

async function answerTo({ method, params }: Request, methods: EngineMethods): Promise<object> {
  try {
    const handle = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (handle === undefined) throw new Error(`This schema engine does not know ${method}.`);
    return { result: (await handle(params as never)) ?? {} };
  } catch (error) {
    return { error: { code: ENGINE_ERROR, message: 'See data.', data: describeEngineError(error) } };
  }
}

/** An error as the Prisma CLI prints it, with Prisma's code (P3009) where there is one. */
export function describeEngineError(error: unknown): {
  is_panic: false;
  message: string;
  error_code?: string;
} {
  const { message, code } =
    error instanceof Error ? (error as Error & { code?: unknown }) : { message: String(error) };
  const named = typeof code === 'string' && isPrismaCode(code);
  return { is_panic: false, message, ...(named ? { error_code: code } : {}) };
}
