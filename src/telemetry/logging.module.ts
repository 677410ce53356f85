import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { LogFn } from 'pino';
import type { Options } from 'pino-http';
import { Config } from '../config/config.js';
import { redactKeys } from './redact-keys.js';
import { terminalStream } from './terminal-stream.js';

/** What Nest logs about itself at every start: useless to the operator. */
const CHATTER = new Set([
  'GraphQLModule',
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);
const INFO = 30;

/** Structured logs: JSON lines on standard output, in a developer's terminal the same in colour. */
@Module({})
export class LoggingModule {
  static register(): DynamicModule {
    return LoggerModule.forRootAsync({
      inject: [Config],
      // Requests are logged by a hook (log-requests.ts), which sees all of them; hence no middleware's routes.
      useFactory: (config: Config) => ({
        pinoHttp: isReadAlong(config)
          ? [pinoOptions(config), terminalStream(process.stdout)]
          : pinoOptions(config),
        forRoutes: [],
      }),
    });
  }
}

/** Whether a user reads along in a terminal. Elsewhere lines are JSON: in production, and where a program reads them. */
const isReadAlong = ({ general }: Config): boolean =>
  general.nodeEnvironment === 'development' && process.stdout.isTTY;

function pinoOptions({ general }: Config): Options {
  return {
    level: general.logLevel,
    redact: {
      paths: ['*.authorization', '*.apiKey', '*.headers', '*.body', '*.variables', '*.query'],
      censor: '[redacted]',
    },
    serializers: { err: (error: unknown) => describeError(error) },
    // Or pino-http gives the serializer a copy that is no Error, without message and stack.
    wrapSerializers: false,
    hooks: { logMethod: dropChatter },
  };
}

function dropChatter(this: unknown, args: Parameters<LogFn>, method: LogFn, level: number): void {
  const [first] = args as unknown[];
  const context = typeof first === 'object' && first !== null && 'context' in first ? first.context : null;
  if (level === INFO && typeof context === 'string' && CHATTER.has(context)) return;
  method.apply(this as never, args);
}

/** Characters of an error's message and of its stack, of each: both may quote what a client sent. */
const LONGEST_MESSAGE = 1_000;
const LONGEST_STACK = 8_000;
/** An error may be its own cause. */
const MOST_CAUSES = 5;

/** An error's own fields are left out: drivers and packages put requests and values there. */
function describeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { type: typeof error };
  return {
    type: error.name,
    message: toLine(error.message, LONGEST_MESSAGE),
    stack: toLine(error.stack ?? '', LONGEST_STACK),
    ...(error.cause instanceof Error &&
      depth < MOST_CAUSES && { cause: describeError(error.cause, depth + 1) }),
  };
}

/** Cut first: a key that is cut is no key, and looking through a megabyte takes too long. */
function toLine(text: string, maxLength: number): string {
  return redactKeys(text.length > maxLength ? `${text.slice(0, maxLength)}…` : text);
}
