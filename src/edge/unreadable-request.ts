import type { Socket } from 'node:net';
import { answerRaw } from './raw-answer.js';
import type { SecurityHeaders } from './security-headers.js';

interface Problem {
  readonly status: string;
  readonly message: string;
}

const MALFORMED: Problem = { status: '400 Bad Request', message: 'must be HTTP/1.1' };

/** By the codes of Node's HTTP parser. Its own words quote what was sent. */
const problems: Readonly<Record<string, Problem>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: '408 Request Timeout', message: 'took too long to arrive' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: '413 Payload Too Large',
    message: 'has chunk extensions that are too long',
  },
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    message: 'has headers that are too long',
  },
};

/** Answers what is no HTTP request, in the shape that every other error has: Fastify's `clientErrorHandler`. */
export function answerUnreadable(headers: SecurityHeaders) {
  return ({ code = '' }: Error & { readonly code?: string }, socket: Socket): void => {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const { status, message } = problems[code] ?? MALFORMED;
    const violations = [{ path: 'request', message }];
    const extensions = { code: 'BAD_USER_INPUT', retryable: false, violations };
    const body = JSON.stringify({ errors: [{ message: `request: ${message}`, extensions }] });
    answerRaw(socket, { status, headers, body });
  };
}
