import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../common/app-error.js';
import { BadUserInputError } from '../../common/input-errors.js';
import { answerTo } from '../every-door/error-answer.js';
import { ErrorMask } from '../every-door/error-mask.js';
import { answerUnread } from './unread-body.js';

/** What is wrong with a request before GraphQL sees it, by HTTP status. The framework's own words quote the body. */
const requestProblems: Readonly<Record<number | string, string>> = {
  FST_ERR_BAD_URL: 'the address is malformed',
  400: 'must be JSON in UTF-8',
  404: 'there is nothing at this address: POST to /graphql, or to /v1/chat/completions',
  405: 'this address does not take this method',
  406: 'must accept text/event-stream',
  414: 'the address is too long',
  415: 'must be of the type application/json',
};

/**
 * Gives every failed HTTP request an answer in the form of its route. Resolvers' errors pass through: Apollo and the error
 * mask take care of them.
 */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  constructor(private readonly mask: ErrorMask) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    if (host.getType<'http' | 'graphql'>() !== 'http') throw exception;
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    answerProblem(this.mask, exception, request, reply);
  }
}

/** Answers a request that failed outside GraphQL, perhaps before its body was read. */
export function answerProblem(
  mask: ErrorMask,
  exception: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const status = exception instanceof AppError ? undefined : statusOf(exception);
  // Our own errors have safe messages already.
  const problem =
    status === undefined ? undefined : problemOf(exception, status, request.routeOptions.bodyLimit);
  const error = problem ? BadUserInputError.at('request', problem) : exception;
  answerUnread(reply, answerTo(error, mask, request, status));
}

function problemOf(exception: unknown, status: number, bodyLimit: number): string | undefined {
  if (status === 413) return tooLarge(bodyLimit);
  const { code } = exception as { readonly code?: unknown };
  return (typeof code === 'string' ? requestProblems[code] : undefined) ?? requestProblems[status];
}

const tooLarge = (bytes: number): string =>
  `is larger than ${String(bytes)} bytes (MAX_BODY_BYTES). Larger images and files go to POST /attachments first`;

function statusOf(exception: unknown): number {
  if (typeof exception !== 'object' || exception === null) return 500;
  const { statusCode, status } = exception as { statusCode?: unknown; status?: unknown };
  const claimed = statusCode ?? status;
  return typeof claimed === 'number' && claimed >= 400 && claimed < 600 ? claimed : 500;
}
