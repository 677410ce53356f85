import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { LogFn } from 'pino';
import type { Options } from 'pino-http';
import { Config } from '../config/config.js';
import { redactKeys } from './redact-keys.js';

/** What Nest says of itself at every start: of use to nobody who runs the server. */
const CHATTER = new Set([
  'GraphQLModule',
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);
const INFO = 30;

/** In characters. What is longer repeats something that was sent to us. */
const LONGEST_MESSAGE = 2_000;
const LONGEST_STACK = 8_000;

/** Structured logs. */
@Module({})
export class LoggingModule {
  static register(): DynamicModule {
    return LoggerModule.forRootAsync({
      inject: [Config],
      // Requests are logged by a hook (log-requests.ts), which sees all of them; hence no middleware's routes.
      useFactory: (config: Config) => ({ pinoHttp: pinoOptions(config), forRoutes: [] }),
    });
  }
}

function pinoOptions({ general }: Config): Options {
  return {
    level: general.logLevel,
    redact: {
      paths: ['*.authorization', '*.apiKey', '*.headers', '*.body', '*.variables', '*.query'],
      censor: '[redacted]',
    },
    serializers: { err: describeError },
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

/** An error's own fields are left out: drivers and packages put requests and values there. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  return {
    type: error.name,
    message: shown(error.message, LONGEST_MESSAGE),
    stack: shown(error.stack ?? '', LONGEST_STACK),
    ...(error.cause instanceof Error && { cause: describeError(error.cause) }),
  };
}

const shown = (text: string, longest: number): string =>
  redactKeys(text.length > longest ? `${text.slice(0, longest)}…` : text);
