import type { FastifyRequest } from 'fastify';
import { AppError } from '../../common/app-error.js';
import type { ErrorMask } from './error-mask.js';
import { openAIStatusOf, retryHeaders, toOpenAIError } from './openai-error.js';
import { errorFormOf } from './routes.js';

/** The answer to a request that failed as a whole. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/**
 * What a request is answered that failed, in the form of its route.
 *
 * @param status of what is none of our own errors
 */
export function answerTo(
  error: unknown,
  mask: ErrorMask,
  { id, routeOptions, url }: Pick<FastifyRequest, 'id' | 'routeOptions' | 'url'>,
  status?: number,
): ErrorAnswer {
  const shown = mask.format(error, id);
  const own = error instanceof AppError ? error : null;
  // What no route can be looked for has no options.
  const pattern = (routeOptions as Partial<FastifyRequest['routeOptions']> | undefined)?.url;
  if (errorFormOf(pattern, url) === 'GRAPHQL')
    return { status: status ?? own?.httpStatus ?? (own ? 400 : 500), headers: {}, body: { errors: [shown] } };
  const openAIStatus = status ?? own?.httpStatus ?? (own ? openAIStatusOf(own.code) : 500);
  return {
    status: openAIStatus,
    headers: retryHeaders(shown),
    body: { error: toOpenAIError(shown, openAIStatus) },
  };
}
