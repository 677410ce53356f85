import { CombinedGraphQLErrors } from '@apollo/client/errors';

/** A failure as the page speaks of it. What the server, or the way to it, said more is dropped. */
export interface Failure {
  /** One of the API's error codes, or UNREACHABLE where the server did not answer. */
  readonly code: string;
  /** The server's own words; empty where it said none. */
  readonly message: string;
  /** Stands in the server's log beside the cause. */
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
  /** Of BAD_USER_INPUT: what is wrong, and where. */
  readonly violations: readonly Violation[];
}

export interface Violation {
  readonly path: string;
  readonly message: string;
}

/** No code of the API: the server could not be asked, or what answered was not it. */
export const UNREACHABLE = 'UNREACHABLE';

/** The server's answer where it refused: the errors of it, in GraphQL's form. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(readonly errors: readonly unknown[]) {
    super('The server refused a request.');
  }
}

/** Reads what was thrown, by Apollo Client or by the page's own requests. */
export function failureOf(error: unknown): Failure {
  if (CombinedGraphQLErrors.is(error)) return read(error.errors[0]);
  if (error instanceof RefusedError) return read(error.errors[0]);
  // graphql-ws hands on the errors of an operation as a list.
  if (Array.isArray(error)) return read(error[0]);
  const body = bodyOf(error);
  return body === null ? unreachable : read(body);
}

export const isUnauthenticated = (error: unknown): boolean => failureOf(error).code === 'UNAUTHENTICATED';

const unreachable: Failure = {
  code: UNREACHABLE,
  message: '',
  requestId: null,
  retryAfterMs: null,
  violations: [],
};

/** @param error of the form of GraphQL's errors (section 7.1.2 of its specification), as far as it is one */
function read(error: unknown): Failure {
  const { message, extensions } = Object(error) as { message?: unknown; extensions?: unknown };
  const { code, requestId, retryAfterMs, violations } = Object(extensions) as Record<string, unknown>;
  if (typeof code !== 'string') return unreachable;
  return {
    code,
    message: typeof message === 'string' ? message : '',
    requestId: typeof requestId === 'string' ? requestId : null,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : null,
    violations: Array.isArray(violations) ? violations.map(readViolation) : [],
  };
}

function readViolation(violation: unknown): Violation {
  const { path, message, expected } = Object(violation) as Record<string, unknown>;
  return { path: textOf(path), message: textOf(message ?? expected) };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** An answer with an error status has its body as text: ServerError of Apollo Client. */
function bodyOf(error: unknown): unknown {
  const { bodyText } = Object(error) as { bodyText?: unknown };
  if (typeof bodyText !== 'string') return null;
  try {
    return (JSON.parse(bodyText) as { errors?: unknown[] }).errors?.[0] ?? null;
  } catch {
    return null;
  }
}
