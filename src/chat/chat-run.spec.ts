import { Secret } from '../common/secret.js';
import type { ChatPart } from '../providers/contract.js';
import { type ChatReport, ChatRun } from './chat-run.js';
import type { ChatSource } from './chat-source.js';

const FINISH: ChatPart = { type: 'finish', reason: 'STOP' };
const text = (value: string): ChatPart => ({ type: 'text', text: value });

/** A run over an adapter that is given as a generator, and what it reports at its end. */
function start(stream: (signal: AbortSignal) => AsyncIterable<ChatPart>, maxDurationMs = 60_000) {
  const reports: ChatReport[] = [];
  const secret = Secret.fromText('a-key-of-nobody');
  let closed = 0;
  const source: ChatSource = {
    first: { provider: 'OPENAI', model: 'model', keySource: 'USER', keyId: 'key', maskedKey: '…body' },
    stream,
    close: () => secret.destroy(),
  };
  const run = new ChatRun({
    chatId: 'chat',
    source,
    maxDurationMs,
    arrivedAt: performance.now(),
    keyResolutionMs: 1,
    onEnd: (report) => {
      reports.push(report);
      return Promise.resolve();
    },
    onClose: () => {
      closed += 1;
    },
  });
  return { run, reports, secret, timesClosed: () => closed };
}

/** Silent until it is aborted, as the adapters are. */
async function* silence(signal: AbortSignal): AsyncGenerator<ChatPart> {
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  yield FINISH;
}

async function* parts(...given: ChatPart[]): AsyncGenerator<ChatPart> {
  await Promise.resolve();
  yield* given;
}

const namesOf = async (run: ChatRun) => {
  const names: string[] = [];
  for await (const { __typename } of run) names.push(__typename);
  return names;
};

describe('ChatRun', () => {
  it('begins with ChatStarted and ends with exactly one terminal event', async () => {
    const { run, reports } = start(() => parts(text('a'), text('b'), FINISH));
    expect(await namesOf(run)).toEqual(['ChatStarted', 'TextDelta', 'TextDelta', 'ChatCompleted']);
    expect(reports).toMatchObject([{ ending: { type: 'completed', finishReason: 'STOP' } }]);
  });

  it('takes a stream without its finish for truncated', async () => {
    const { run, reports } = start(() => parts(text('a')));
    expect(await namesOf(run)).toEqual(['ChatStarted', 'TextDelta', 'ChatFailed']);
    expect(reports[0]?.ending).toMatchObject({ description: { code: 'PROVIDER_TRUNCATED' } });
  });

  it('does not call the provider before ChatStarted was taken', async () => {
    let calls = 0;
    const { run } = start(() => {
      calls += 1;
      return parts(FINISH);
    });
    await run.next();
    expect(calls).toBe(0);
    await run.next();
    expect(calls).toBe(1);
  });

  it('reports a chat whose watcher left before it took anything, and never calls the provider', async () => {
    let calls = 0;
    const { run, reports, secret } = start((signal) => {
      calls += 1;
      return silence(signal);
    });
    await run.return();
    expect(reports).toMatchObject([{ ending: { type: 'cancelled' } }]);
    expect(calls).toBe(0);
    expect(() => secret.reveal()).toThrow('destroyed');
  });

  it('aborts a silent provider when its watcher leaves', async () => {
    const { run, reports } = start(silence);
    await run.next();
    const pending = run.next();
    await run.return();
    expect(await pending).toMatchObject({ value: { __typename: 'ChatCancelled' } });
    expect(reports).toMatchObject([{ ending: { type: 'cancelled' } }]);
  });

  it('reports once, also when it is left twice and after its end', async () => {
    const { run, reports, timesClosed } = start(() => parts(FINISH));
    expect(await namesOf(run)).toEqual(['ChatStarted', 'ChatCompleted']);
    await Promise.all([run.return(), run.return()]);
    expect(reports).toHaveLength(1);
    expect(timesClosed()).toBe(1);
  });

  it('ends a chat that takes too long with PROVIDER_TIMEOUT', async () => {
    const { run, reports } = start(silence, 1);
    expect(await namesOf(run)).toEqual(['ChatStarted', 'ChatFailed']);
    expect(reports[0]?.ending).toMatchObject({ description: { code: 'PROVIDER_TIMEOUT' } });
  });

  it('tells nothing of an error that is not for clients', async () => {
    const { run } = start(() => {
      throw new Error('sk-proj-0123456789');
    });
    await run.next();
    const { value } = await run.next();
    expect(value).toMatchObject({ __typename: 'ChatFailed', error: { code: 'INTERNAL_SERVER_ERROR' } });
    expect(JSON.stringify(value)).not.toContain('sk-proj');
  });

  it('keeps the usage that the provider told before it failed', async () => {
    const usage = { inputTokens: 3, outputTokens: 1, reasoningTokens: null, cachedInputTokens: null };
    const { run } = start(() => parts({ type: 'usage', usage }, text('a')));
    let last;
    for await (const event of run) last = event;
    expect(last).toMatchObject({ __typename: 'ChatFailed', usage });
  });
});
