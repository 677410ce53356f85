import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { Config } from '../config/config.js';
import { redactKeys } from './redact-keys.js';

const HEALTH_PATHS = new Set(['/healthz', '/readyz']);

/**
 * Structured logs. A request is logged by its method, path and id, never by its query string, headers or body: in
 * those stand query texts, variables and tokens, and in these, keys.
 */
@Module({})
export class LoggingModule {
  static register(): DynamicModule {
    return LoggerModule.forRootAsync({ inject: [Config], useFactory: (config: Config) => ({ pinoHttp: options(config) }) });
  }
}

function options({ general }: Config) {
  return {
    level: general.logLevel,
    redact: {
      paths: ['*.authorization', '*.apiKey', '*.headers', '*.body', '*.variables', '*.query'],
      censor: '[redacted]',
    },
    serializers: { req: describeRequest, res: describeResponse, err: describeError },
    autoLogging: { ignore: (request: IncomingMessage) => HEALTH_PATHS.has(pathOf(request)) },
    customLogLevel: (_: IncomingMessage, response: ServerResponse, error?: Error) =>
      error || response.statusCode >= 500 ? ('error' as const) : ('info' as const),
  };
}

const pathOf = ({ url }: { url?: string | undefined }): string => (url ?? '').split('?', 1)[0] ?? '';

const describeRequest = (request: { id: unknown; method: string; url?: string }) => ({
  id: request.id,
  method: request.method,
  path: pathOf(request),
});

const describeResponse = ({ statusCode }: { statusCode: number }) => ({ statusCode });

/** An error's own fields are left out: drivers and packages put requests and values there. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  return {
    type: error.name,
    message: redactKeys(error.message),
    stack: redactKeys(error.stack ?? ''),
    ...(error.cause instanceof Error && { cause: describeError(error.cause) }),
  };
}
