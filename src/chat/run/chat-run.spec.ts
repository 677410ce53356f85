import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { handOn, unreported } from '../../../test/support/parts.js';
import { Secret } from '../../common/secret.js';
import { ProviderUnavailableError } from '../../outbound/upstream-error.js';
import { type ChatReport, ChatRun } from './chat-run.js';
import type { ChatEvent } from './chat-event.js';
import type { ChatSource, SourcePart } from './chat-source.js';
import { RunLog } from './run-log.js';

const FINISH: SourcePart = { type: 'finish', reason: 'STOP' };
const text = (value: string): SourcePart => ({ type: 'text', text: value });

/** Apart from what a run keeps: what it has asked must be free. */
const sourceOf = (
  stream: (signal: AbortSignal) => AsyncIterable<SourcePart>,
  secret: Secret,
): ChatSource => ({
  first: { provider: 'OPENAI', model: 'model', keySource: 'USER', keyId: 'key', maskedKey: '…body' },
  stream: (signal, onParts) => handOn(stream(signal), onParts),
  close: () => secret.destroy(),
});

/** A run over a source that is given as a generator, its log, and what it reports at its end. */
function start(
  stream: (signal: AbortSignal) => AsyncIterable<SourcePart>,
  { maxDurationMs = 60_000, log = new RunLog(), isEndedElsewhere = false } = {},
) {
  const reports: ChatReport[] = [];
  const secret = Secret.fromText('a-key-of-nobody');
  let stalls = 0;
  const source = sourceOf(stream, secret);
  const run = new ChatRun({
    chatId: 'chat',
    source,
    log,
    maxDurationMs,
    arrivedAt: performance.now(),
    keyResolutionMs: 1,
    owner: {
      onEvents: () => log.show(log.lastSeq),
      onStall: () => (stalls += 1),
      isEndedElsewhere: () => Promise.resolve(isEndedElsewhere),
      onEnd: (report) => {
        reports.push(report);
        return Promise.resolve();
      },
    },
  });
  const events = (): ChatEvent[] => log.after(0, Infinity);
  return {
    run,
    log,
    reports,
    secret,
    events,
    names: () => events().map((event) => event.__typename),
    stalls: () => stalls,
  };
}

/** Silent until it is aborted, as the adapters are. */
async function* silence(signal: AbortSignal): AsyncGenerator<SourcePart> {
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  yield FINISH;
}

async function* parts(...given: SourcePart[]): AsyncGenerator<SourcePart> {
  await Promise.resolve();
  yield* given;
}

describe('ChatRun', () => {
  let logged: unknown[][];
  beforeEach(() => {
    logged = [];
    jest.spyOn(Logger.prototype, 'error').mockImplementation((...line: unknown[]) => void logged.push(line));
  });
  afterEach(() => jest.restoreAllMocks());

  it('has no end of its own, in its log and its report, where another server has ended it', async () => {
    const { run, events, reports } = start(() => parts(text('one'), FINISH), { isEndedElsewhere: true });
    await run.begin();
    const error = { code: 'PROVIDER_TRUNCATED' };
    expect(events().at(-1)).toMatchObject({ __typename: 'ChatFailed', error });
    expect(reports).toMatchObject([{ end: { __typename: 'ChatFailed', error } }]);
  });

  it('begins with ChatStarted and ends with exactly one terminal event', async () => {
    const { run, log, events, names, reports } = start(() => parts(text('a'), text('b'), FINISH));
    expect(await run.begin()).toMatchObject({ __typename: 'ChatCompleted', finishReason: 'STOP' });
    expect(names()).toEqual(['ChatStarted', 'TextDelta', 'TextDelta', 'ChatCompleted']);
    expect(log.isComplete).toBe(true);
    expect(reports).toMatchObject([{ end: events().at(-1) }]);
  });

  it('logs what ended it for a reason of our own, and keeps no more of it than its description', async () => {
    const failure = new TypeError('of our own');
    const { run, reports } = start(() => {
      throw failure;
    });
    const end = await run.begin();
    expect(end).toMatchObject({ __typename: 'ChatFailed', error: { code: 'INTERNAL_SERVER_ERROR' } });
    expect(reports).toMatchObject([{ end }]);
    expect(logged).toEqual([[{ err: failure, chatId: 'chat' }, 'A chat failed for a reason of our own']]);
  });

  it('logs nothing where a provider failed', async () => {
    const { run } = start(() => {
      throw new ProviderUnavailableError();
    });
    expect(await run.begin()).toMatchObject({ error: { code: 'PROVIDER_UNAVAILABLE' } });
    expect(logged).toEqual([]);
  });

  it('numbers its events from 1 without gaps', async () => {
    const { run, events } = start(() => parts(text('a'), text('b'), FINISH));
    await run.begin();
    expect(events().map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  it('takes a stream without its finish for truncated', async () => {
    const { run, names, reports } = start(() => parts(text('a')));
    await run.begin();
    expect(names()).toEqual(['ChatStarted', 'TextDelta', 'ChatFailed']);
    expect(reports[0]?.end).toMatchObject({ error: { code: 'PROVIDER_TRUNCATED' } });
  });

  it('calls the provider when it begins, once', async () => {
    let calls = 0;
    const { run, names } = start(() => {
      calls += 1;
      return parts(FINISH);
    });
    expect(calls).toBe(0);
    expect(names()).toEqual(['ChatStarted']);
    await Promise.all([run.begin(), run.begin()]);
    expect(calls).toBe(1);
  });

  it('reports a chat that is cancelled before it began, and never calls the provider', async () => {
    let calls = 0;
    const { run, reports, secret, names } = start((signal) => {
      calls += 1;
      return silence(signal);
    });
    expect(await run.cancel()).toMatchObject({ __typename: 'ChatCancelled' });
    expect(names()).toEqual(['ChatStarted', 'ChatCancelled']);
    expect(reports).toMatchObject([{ end: { __typename: 'ChatCancelled' } }]);
    expect(calls).toBe(0);
    expect(() => secret.reveal()).toThrow('destroyed');
  });

  it('aborts a silent provider when it is cancelled', async () => {
    const { run, names, reports } = start(silence);
    void run.begin();
    await run.cancel();
    expect(names()).toEqual(['ChatStarted', 'ChatCancelled']);
    expect(reports).toMatchObject([{ end: { __typename: 'ChatCancelled' } }]);
  });

  it.each([
    ['completes what was complete when its server stops', new ProviderUnavailableError(), 'ChatCompleted'],
    ['takes back what was complete when its client says so', null, 'ChatCancelled'],
  ])('%s', async (_, reason, end) => {
    let isComplete = (): void => undefined;
    const complete = new Promise<void>((resolve) => (isComplete = resolve));
    const { run } = start(async function* (signal) {
      yield { ...FINISH, schemaValid: null };
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
      isComplete();
      await aborted;
    });
    void run.begin();
    await complete;
    expect(await (reason ? run.abort(reason) : run.cancel())).toMatchObject({ __typename: end });
  });

  it('says whether the text fits, where its source does', async () => {
    const { run } = start(() => parts({ ...FINISH, schemaValid: true }));
    expect(await run.begin()).toMatchObject({ __typename: 'ChatCompleted', schemaValid: true });
  });

  it('reports once, also when it is cancelled twice and after its end', async () => {
    const { run, names, reports } = start(() => parts(FINISH));
    expect(await run.begin()).toMatchObject({ __typename: 'ChatCompleted' });
    expect(await Promise.all([run.cancel(), run.cancel()])).toMatchObject([
      { __typename: 'ChatCompleted' },
      { __typename: 'ChatCompleted' },
    ]);
    expect(names()).toEqual(['ChatStarted', 'ChatCompleted']);
    expect(reports).toHaveLength(1);
  });

  it('ends a chat that takes too long with PROVIDER_TIMEOUT', async () => {
    const { run, names, reports } = start(silence, { maxDurationMs: 1 });
    await run.begin();
    expect(names()).toEqual(['ChatStarted', 'ChatFailed']);
    expect(reports[0]?.end).toMatchObject({ error: { code: 'PROVIDER_TIMEOUT' } });
  });

  it('shows nothing of an error that is not for clients', async () => {
    const { run, events } = start(() => {
      throw new Error('sk-proj-0123456789');
    });
    await run.begin();
    const last = events().at(-1);
    expect(last).toMatchObject({ __typename: 'ChatFailed', error: { code: 'INTERNAL_SERVER_ERROR' } });
    expect(JSON.stringify(last)).not.toContain('sk-proj');
  });

  it('keeps the usage that the provider reported before it failed', async () => {
    const usage = { inputTokens: 3, outputTokens: 1, ...unreported };
    const { run, events } = start(() => parts({ type: 'usage', usage }, text('a')));
    await run.begin();
    expect(events().at(-1)).toMatchObject({ __typename: 'ChatFailed', usage });
  });

  it('shows searches as they come', async () => {
    const search = { engine: 'BRAVE', query: 'cats' } as const;
    const outcome = { results: [], failure: null };
    const { run, events, reports } = start(() =>
      parts({ type: 'searchStarted', ...search }, { type: 'searchFinished', ...search, ...outcome }, FINISH),
    );
    await run.begin();
    expect(events().slice(1, 3)).toEqual([
      { __typename: 'SearchStarted', chatId: 'chat', seq: 2, ...search, provider: 'BRAVE' },
      {
        __typename: 'SearchFinished',
        chatId: 'chat',
        seq: 3,
        ...search,
        ...outcome,
        provider: 'BRAVE',
        error: null,
      },
    ]);
    expect(reports).toMatchObject([{ timings: { timeToFirstTokenMs: null } }]);
  });

  it('is in the name of the provider that answered last, without what the one before had counted', async () => {
    const usage = { inputTokens: 3, outputTokens: 1, ...unreported };
    const attempt = {
      provider: 'GOOGLE',
      model: 'other',
      keySource: 'USER',
      keyId: 'b',
      maskedKey: null,
    } as const;
    const cause = { code: 'KEY_REJECTED', message: 'No.', retryable: false, retryAfterMs: null } as const;
    const { run, events, reports } = start(() =>
      parts({ type: 'usage', usage }, { type: 'switch', attempt, cause }, text('a'), FINISH),
    );
    await run.begin();
    expect(events()[1]).toEqual({
      __typename: 'ProviderSwitched',
      chatId: 'chat',
      seq: 2,
      ...attempt,
      cause,
    });
    expect(reports).toMatchObject([{ attempt, end: { usage: null } }]);
  });

  it('lets the provider wait while its log has no room, and goes on when it has', async () => {
    let given = 0;
    const log = new RunLog({ maxBytes: 10_000, maxAheadBytes: 2_000 });
    const { run, stalls } = start(
      async function* () {
        for (; given < 10; given += 1) yield await Promise.resolve(text('x'.repeat(1_000)));
        yield FINISH;
      },
      { log },
    );
    const ended = run.begin();
    while (stalls() === 0) await nextTurn();
    expect(given).toBeLessThan(4);
    for (let seq = 1; !log.isComplete; seq = log.lastSeq) {
      log.take(seq);
      await nextTurn();
    }
    expect(await ended).toMatchObject({ __typename: 'ChatCompleted' });
    expect(given).toBe(10);
  });

  it('lets go of what was asked when it is over, however long it is kept', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const log = new RunLog();
    const asked = (): { run: ChatRun; question: WeakRef<object> } => {
      const question = { text: 'a long question' };
      const { run } = start(
        () => (question.text === '' ? silence(new AbortController().signal) : parts(FINISH)),
        { log },
      );
      return { run, question: new WeakRef(question) };
    };
    const { run, question } = asked();
    await run.begin();
    await nextTurn();
    collectGarbage();
    expect(question.deref()).toBeUndefined();
    expect(run.attempt).toMatchObject({ provider: 'OPENAI' });
  });

  it('can be cancelled while its log has no room', async () => {
    const log = new RunLog({ maxBytes: 10_000, maxAheadBytes: 0 });
    const { run, stalls } = start(() => parts(text('a'), text('b'), FINISH), { log });
    void run.begin();
    while (stalls() === 0) await nextTurn();
    expect(await run.cancel()).toMatchObject({ __typename: 'ChatCancelled' });
  });
});
