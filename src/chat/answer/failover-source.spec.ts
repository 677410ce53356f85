import { Secret } from '../../common/secret.js';
import {
  KeyExhaustedError,
  KeyRejectedError,
  ProviderBadRequestError,
  ProviderDownError,
  ProviderNotHereError,
  ProviderRateLimitedError,
  ProviderTimeoutError,
  ProviderTruncatedError,
  ProviderUnavailableError,
  ProviderUnreachableError,
  UnknownModelError,
} from '../../outbound/upstream-error.js';
import type { ChatProviderId, OperatedProviderId } from '../../providers/registry/provider-ids.js';
import { failureOf } from '../../../test/support/collect.js';
import { handOn, partsOf, unreported } from '../../../test/support/parts.js';
import type { SourcePart } from '../run/chat-source.js';
import { FailoverSource, type OpenAttempt } from './failover-source.js';

const FINISH: SourcePart = { type: 'finish', reason: 'STOP' };
const TEXT: SourcePart = { type: 'text', text: 'a' };
const REASONING: SourcePart = { type: 'reasoning', text: 'a' };
const USAGE: SourcePart = {
  type: 'usage',
  usage: { inputTokens: 3, outputTokens: 0, ...unreported },
};

type Call = (signal: AbortSignal) => AsyncIterable<SourcePart>;

/** A call that gives parts, and fails at its end where an error is among them. */
const script = (...steps: (SourcePart | Error)[]): Call =>
  async function* () {
    await Promise.resolve();
    for (const step of steps) {
      if (step instanceof Error) throw step;
      yield step;
    }
  };

/** Silent until it is aborted, as the adapters are. */
const silence: Call = async function* (signal) {
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  yield FINISH;
};

type OperatedChatId = Extract<ChatProviderId, OperatedProviderId>;

const attemptWith = (provider: OperatedChatId): OpenAttempt => ({
  model: `model of ${provider}`,
  key: {
    provider,
    source: 'USER',
    keyId: `key of ${provider}`,
    maskedKey: '…body',
    secret: Secret.fromText('a-key-of-nobody'),
    endpoint: null,
  },
});

function isDestroyed({ key }: OpenAttempt): boolean {
  try {
    key.secret.revealBytes();
    return false;
  } catch {
    return true;
  }
}

/** A source over one call for each provider, in their order; before each call it makes sure that no other key is open. */
function start(
  calls: Partial<Record<ChatProviderId, Call>>,
  opening: (attempt: OpenAttempt) => Promise<OpenAttempt> = (attempt) => Promise.resolve(attempt),
) {
  const attempts = (Object.keys(calls) as OperatedChatId[]).map(attemptWith);
  const [first, ...left] = attempts;
  if (!first) throw new Error('There is no first attempt.');
  const openings: string[] = [];
  const controller = new AbortController();
  const source = new FailoverSource({
    first,
    call: ({ key }, signal, onParts) => {
      const others = attempts.filter((attempt) => attempt.key !== key && !left.includes(attempt));
      expect(others.filter((attempt) => !isDestroyed(attempt))).toEqual([]);
      return handOn(calls[key.provider]!(signal), onParts);
    },
    openNext: (failed, code, usage) => {
      openings.push(`${failed.key.provider} ${code}${usage ? ` after ${usage.inputTokens}` : ''}`);
      expect(isDestroyed(failed)).toBe(true);
      const next = left.shift();
      return next ? opening(next) : Promise.resolve(null);
    },
  });
  return {
    source,
    stream: partsOf<SourcePart>((onParts) => source.stream(controller.signal, onParts)),
    attempts,
    openings,
    controller,
  };
}

/** The parts, as far as they came, and the failure after them. */
async function outcomeOf(stream: AsyncIterable<SourcePart>) {
  const parts: SourcePart[] = [];
  try {
    for await (const part of stream) parts.push(part);
    return { parts, failure: null };
  } catch (failure) {
    return { parts, failure };
  }
}

describe('FailoverSource', () => {
  it('is one call where the provider answers', async () => {
    const { source, stream, attempts, openings } = start({
      OPENAI: script(USAGE, TEXT, FINISH),
      GOOGLE: script(),
    });
    expect(source.first).toEqual({
      provider: 'OPENAI',
      model: 'model of OPENAI',
      keySource: 'USER',
      keyId: 'key of OPENAI',
      maskedKey: '…body',
    });
    expect(await outcomeOf(stream)).toEqual({ parts: [USAGE, TEXT, FINISH], failure: null });
    expect(openings).toEqual([]);
    expect(attempts.map(isDestroyed)).toEqual([true, false]);
  });

  it('says what an attempt had used that failed all the same, and not what the one before it had', async () => {
    const failed = (): Error => new ProviderDownError();
    const { stream, openings } = start({
      OPENAI: script(USAGE, failed()),
      ANTHROPIC: script(failed()),
      GOOGLE: script(TEXT, FINISH),
    });
    await outcomeOf(stream);
    expect(openings).toEqual(['OPENAI PROVIDER_UNAVAILABLE after 3', 'ANTHROPIC PROVIDER_UNAVAILABLE']);
  });

  it.each([
    new KeyRejectedError(),
    new KeyExhaustedError(),
    new ProviderRateLimitedError(1_000),
    new ProviderDownError(),
    new ProviderUnreachableError('ECONNREFUSED'),
    new ProviderNotHereError(),
    new ProviderTimeoutError(),
    new ProviderTruncatedError(),
  ])('moves on after $code, and says why', async (error) => {
    const { stream, openings, attempts } = start({
      OPENAI: script(USAGE, error),
      ANTHROPIC: script(TEXT, FINISH),
    });
    const { parts, failure } = await outcomeOf(stream);
    const { code, publicMessage: message, retryable, retryAfterMs } = error;
    expect(parts).toEqual([
      USAGE,
      {
        type: 'switch',
        attempt: {
          provider: 'ANTHROPIC',
          model: 'model of ANTHROPIC',
          keySource: 'USER',
          keyId: 'key of ANTHROPIC',
          maskedKey: '…body',
        },
        cause: { code, message, retryable, retryAfterMs },
      },
      TEXT,
      FINISH,
    ]);
    expect(failure).toBeNull();
    expect(openings).toEqual([`OPENAI ${code} after 3`]);
    expect(attempts.map(isDestroyed)).toEqual([true, true]);
  });

  it.each([
    ['PROVIDER_BAD_REQUEST', new ProviderBadRequestError()],
    ['UNKNOWN_MODEL', new UnknownModelError()],
    ['PROVIDER_UNAVAILABLE for an unknown reason', new ProviderUnavailableError()],
    ['PROVIDER_TRUNCATED behind a refusal', new ProviderTruncatedError({ mayMoveOn: false })],
    ['a mistake of ours', new Error('It is not for clients.')],
  ])('does not move on after %s: no other provider would cure it', async (_, error) => {
    const { stream, openings, attempts } = start({ OPENAI: script(error), ANTHROPIC: script(FINISH) });
    expect(await failureOf(stream)).toBe(error);
    expect(openings).toEqual([]);
    expect(isDestroyed(attempts[0]!)).toBe(true);
  });

  it.each([
    ['text', TEXT],
    ['reasoning', REASONING],
  ])('does not move on after %s', async (_, delta) => {
    const error = new ProviderDownError();
    const { stream, openings } = start({ OPENAI: script(delta, error), ANTHROPIC: script(FINISH) });
    expect(await outcomeOf(stream)).toEqual({ parts: [delta], failure: error });
    expect(openings).toEqual([]);
  });

  it('does not move on after a delta of the second provider', async () => {
    const error = new ProviderDownError();
    const { stream, openings } = start({
      OPENAI: script(new KeyRejectedError()),
      ANTHROPIC: script(TEXT, error),
      GOOGLE: script(FINISH),
    });
    expect(await failureOf(stream)).toBe(error);
    expect(openings).toEqual(['OPENAI KEY_REJECTED']);
  });

  it('fails with the last failure when no provider is left', async () => {
    const last = new ProviderDownError();
    const { stream, openings, attempts } = start({
      OPENAI: script(new KeyRejectedError()),
      ANTHROPIC: script(new ProviderTimeoutError()),
      GOOGLE: script(last),
    });
    expect(await failureOf(stream)).toBe(last);
    expect(openings).toEqual([
      'OPENAI KEY_REJECTED',
      'ANTHROPIC PROVIDER_TIMEOUT',
      'GOOGLE PROVIDER_UNAVAILABLE',
    ]);
    expect(attempts.map(isDestroyed)).toEqual([true, true, true]);
  });

  it('fails with what the opening of the next key fails with', async () => {
    const unreadable = new Error('KEY_UNREADABLE');
    const { stream } = start({ OPENAI: script(new KeyRejectedError()), ANTHROPIC: script(FINISH) }, () =>
      Promise.reject(unreadable),
    );
    expect(await failureOf(stream)).toBe(unreadable);
  });

  describe('when it is aborted', () => {
    const reason = new Error('Enough.');

    it('in a call: destroys its key and calls no other provider', async () => {
      const { stream, controller, openings, attempts } = start({ OPENAI: silence, ANTHROPIC: script() });
      const failure = failureOf(stream);
      controller.abort(reason);
      expect(await failure).toBe(reason);
      expect(openings).toEqual([]);
      expect(isDestroyed(attempts[0]!)).toBe(true);
    });

    it('in a call that fails of itself in the same moment: calls no other provider', async () => {
      const error = new ProviderDownError();
      const { stream, controller, openings } = start({
        OPENAI: async function* () {
          await Promise.resolve();
          controller.abort(reason);
          yield* script(error)(controller.signal);
        },
        ANTHROPIC: script(FINISH),
      });
      expect(await failureOf(stream)).toBe(error);
      expect(openings).toEqual([]);
    });

    it('while the next key is opened: reports the switch, does not call, and destroys the key', async () => {
      const { stream, controller, attempts } = start(
        { OPENAI: script(new KeyRejectedError()), ANTHROPIC: script(TEXT, FINISH) },
        (attempt) => {
          controller.abort(reason);
          return Promise.resolve(attempt);
        },
      );
      const { parts, failure } = await outcomeOf(stream);
      expect(parts).toMatchObject([{ type: 'switch', attempt: { provider: 'ANTHROPIC' } }]);
      expect(failure).toBe(reason);
      expect(attempts.map(isDestroyed)).toEqual([true, true]);
    });

    it('in the second call: destroys its key', async () => {
      const { stream, controller, attempts } = start({
        OPENAI: script(new KeyRejectedError()),
        ANTHROPIC: silence,
      });
      await stream.next();
      const failure = failureOf(stream);
      controller.abort(reason);
      expect(await failure).toBe(reason);
      expect(attempts.map(isDestroyed)).toEqual([true, true]);
    });
  });

  describe('when it is closed', () => {
    it('before it began: destroys the first key', () => {
      const { source, attempts } = start({ OPENAI: script(FINISH) });
      source.close();
      expect(attempts.map(isDestroyed)).toEqual([true]);
    });

    it('between two parts: destroys the key', async () => {
      const { source, stream, attempts } = start({ OPENAI: script(TEXT, FINISH) });
      await stream.next();
      source.close();
      expect(attempts.map(isDestroyed)).toEqual([true]);
    });

    it('while the next key is opened: destroys that as soon as it is open', async () => {
      const { source, stream, attempts } = start(
        { OPENAI: script(new KeyRejectedError()), ANTHROPIC: script(FINISH) },
        (attempt) => {
          source.close();
          return Promise.resolve(attempt);
        },
      );
      await stream.next();
      expect(attempts.map(isDestroyed)).toEqual([true, true]);
    });

    it('by an abort at the switch: leaves the next provider uncalled and its key destroyed', async () => {
      const { stream, attempts, controller } = start({
        OPENAI: script(new KeyRejectedError()),
        ANTHROPIC: () => {
          throw new Error('It was called.');
        },
      });
      expect(await stream.next()).toMatchObject({ value: { type: 'switch' } });
      const reason = new Error('left');
      controller.abort(reason);
      expect(await failureOf(stream.next())).toBe(reason);
      expect(attempts.map(isDestroyed)).toEqual([true, true]);
    });
  });
});
