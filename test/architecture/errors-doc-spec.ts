import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  JwtNeededError,
  KeySetUnavailableError,
  ScopeMissingError,
  UnauthenticatedError,
} from '../../src/auth/auth.errors.js';
import {
  CancelledChatError,
  ChatNotFoundError,
  LongAnswerError,
  RequestConflictError,
  RunLostError,
} from '../../src/chat/run/chat.errors.js';
import type { AppError } from '../../src/common/app-error.js';
import { describeError } from '../../src/common/describe-error.js';
import { errorCodes } from '../../src/common/error-code.js';
import { BadUserInputError } from '../../src/common/input-errors.js';
import { DrainingError } from '../../src/common/lifecycle.js';
import { OperationTimeoutError } from '../../src/common/operation-timeout.error.js';
import { RequestLoopError } from '../../src/edge/request-loop.error.js';
import { ClientLeftError } from '../../src/graphql/every-door/client-left.error.js';
import { ForbiddenOriginError } from '../../src/graphql/every-door/origins.js';
import { openAIStatusOf } from '../../src/graphql/every-door/openai-error.js';
import {
  PersistedQueryNotInListError,
  PersistedQueryNotSupportedError,
} from '../../src/graphql/every-door/persisted-query.error.js';
import {
  KeyBusyError,
  KeyExpiredError,
  KeyNotFoundError,
  KeyNotPermittedError,
  KeyNotStoredError,
  KeyUnreadableError,
  NoKeyAvailableError,
} from '../../src/keys/keys.errors.js';
import { SchemaCheckError } from '../../src/json-schemas/schema-check.error.js';
import { RateLimitedError } from '../../src/limits/rate-limited.error.js';
import {
  KeyExhaustedError,
  KeyRejectedError,
  ProviderBadRequestError,
  ProviderRateLimitedError,
  ProviderTimeoutError,
  ProviderTruncatedError,
  ProviderUnavailableError,
  UnknownModelError,
} from '../../src/outbound/upstream-error.js';
import {
  AttachmentLostError,
  AttachmentTooLargeError,
  NoFileError,
  UnknownContentError,
} from '../../src/attachments/attachment.errors.js';
import { DatabaseUnavailableError } from '../../src/prisma/database-unavailable.error.js';
import { RedisUnavailableError } from '../../src/redis/redis-unavailable.error.js';

/** One of every cause, as it is usually made. */
const errors: readonly AppError[] = [
  new AttachmentLostError(),
  new AttachmentTooLargeError(1),
  new NoFileError(),
  new UnknownContentError(),
  new BadUserInputError([]),
  new ChatNotFoundError(),
  new ClientLeftError(),
  new DatabaseUnavailableError(),
  new DrainingError(),
  new SchemaCheckError(),
  new ForbiddenOriginError(),
  new JwtNeededError(),
  new ScopeMissingError('CHAT'),
  new KeyBusyError(),
  new KeyExhaustedError(),
  new KeyNotFoundError(),
  new KeyRejectedError(),
  new KeySetUnavailableError(),
  new KeyExpiredError('OPENAI'),
  new KeyNotPermittedError('OPENAI', 'MODEL'),
  new KeyNotStoredError(false),
  new KeyUnreadableError('OPENAI'),
  new NoKeyAvailableError(['OpenAI']),
  new OperationTimeoutError(),
  new PersistedQueryNotInListError(),
  new PersistedQueryNotSupportedError(),
  new ProviderBadRequestError(),
  new ProviderRateLimitedError(),
  new ProviderTimeoutError(),
  new ProviderTruncatedError(),
  new ProviderUnavailableError(),
  new RequestLoopError(),
  new RateLimitedError('You may do no more of this at the moment.', 1_000),
  new RedisUnavailableError(),
  new RequestConflictError(),
  new RunLostError(),
  new LongAnswerError('c'),
  new CancelledChatError('c'),
  new UnauthenticatedError(),
  new UnknownModelError(),
];

/** Codes that no class of ours carries: GraphQL's own, and what stands for everything unexpected. */
const withoutClass = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'INTERNAL_SERVER_ERROR'];

interface Row {
  readonly code: string;
  readonly meaning: string;
  readonly advice: string;
  readonly retryable: string;
}

const readText = (): string => readFileSync(join(import.meta.dirname, '../../docs/errors.md'), 'utf8');

function readRows(): Row[] {
  const rows = readText().matchAll(/^\| `([A-Z_]+)` +\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm);
  return [...rows].map(([, code = '', meaning = '', advice = '', retryable = '']) => ({
    code,
    meaning,
    advice,
    retryable,
  }));
}

const rows = readRows();

describe('docs/errors.md', () => {
  it('has a row for every code, and every row is a code', () => {
    expect(rows.map(({ code }) => code).sort()).toEqual([...errorCodes].sort());
  });

  it.each(errors.map((error) => [error.constructor.name, error] as const))(
    'says of %s whether a retry makes sense',
    (_, error) => {
      const row = rows.find(({ code }) => code === error.code);
      const causes = new Set(
        errors.filter(({ code }) => code === error.code).map(({ retryable }) => retryable),
      );
      expect(row?.retryable).toBe(causes.size > 1 ? 'varies' : error.retryable ? 'yes' : 'no');
    },
  );

  it('says of an unexpected error that a retry makes no sense', () => {
    const { code, retryable } = describeError(new Error('unexpected'));
    expect(rows.find((row) => row.code === code)?.retryable).toBe(retryable ? 'yes' : 'no');
  });

  it('explains every code in a sentence, and says what to do', () => {
    for (const { meaning, advice } of rows) {
      expect(meaning).toMatch(/^[A-Z].+\.$/);
      expect(advice).toMatch(/^[A-Z].+\.$/);
    }
  });

  it('says of each code which status it has in OpenAI’s wire format', () => {
    const [, section = ''] = readText().split("## In OpenAI's wire format");
    const statuses = [...section.matchAll(/^\| (\d{3}) +\|([^|]+)\|/gm)].flatMap(([, status, codes = '']) =>
      [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => `${code!} ${status!}`),
    );
    const expected = errorCodes.filter((code) => !/^(GRAPHQL|PERSISTED)_/.test(code));
    expect(statuses.sort()).toEqual(expected.map((code) => `${code} ${String(openAIStatusOf(code))}`).sort());
  });
});

describe('an error code', () => {
  it('belongs to an error that is thrown', () => {
    const thrown = new Set([...errors.map(({ code }) => code), ...withoutClass]);
    expect([...thrown].sort()).toEqual([...errorCodes].sort());
  });
});
