import type { ChatAttempt, ChatSource } from './chat-source.js';
import { KeptRun } from './kept-run.js';
import { WRITTEN } from './shared/shared-scripts.js';
import type { RunStore } from './shared/run-store.js';

const first: ChatAttempt = {
  provider: 'OPENAI',
  model: 'model',
  keySource: 'USER',
  keyId: null,
  maskedKey: null,
};

/** As many deltas of about a MiB as are asked for, without an end. */
const flood: ChatSource = {
  first,
  async stream(signal, onParts) {
    while (!signal.aborted) await onParts([{ type: 'text', text: 'x'.repeat(1024 * 1024) }]);
  },
  close: () => undefined,
};

function keep(shared: Partial<RunStore>): KeptRun {
  return new KeptRun({
    userId: 'alice',
    chatId: 'chat',
    source: flood,
    arrivedAt: 0,
    keyResolutionMs: 0,
    maxDurationMs: 60_000,
    graceMs: 60_000,
    claim: null,
    shared: { isReady: true, writeEvents: () => Promise.resolve(WRITTEN), ...shared } as RunStore,
    onEnd: () => Promise.resolve(),
    onStop: () => undefined,
    onChange: () => undefined,
  });
}

describe('KeptRun', () => {
  it('asks once at a time how far its watchers elsewhere have come, however often it waits for them', async () => {
    const asked: number[] = [];
    let tell = (): void => undefined;
    const askedOften = new Promise<void>((resolve) => (tell = resolve));
    const kept: KeptRun = keep({
      cursorElsewhere: () => {
        asked.push(performance.now());
        if (asked.length === 8) tell();
        // Five times there is room for one more.
        return Promise.resolve(asked.length <= 5 ? kept.log.lastSeq : null);
      },
    });
    void kept.run.begin();
    await askedOften;
    await kept.run.cancel();
    expect(asked[7]! - asked[5]!).toBeGreaterThan(400);
  });
});
