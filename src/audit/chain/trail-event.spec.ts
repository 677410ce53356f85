import { canonicalForm, type TrailEvent, textsOf } from './trail-event.js';

const event: TrailEvent = {
  id: '019be0f0-0000-7000-8000-000000000001',
  userId: 'alice',
  kind: 'KEY_USED',
  at: new Date('2026-11-27T12:00:00.000Z'),
  outcome: 'OK',
};

describe("a row's canonical form", () => {
  const formOf = (changes: Partial<TrailEvent>): string => {
    const changed = { ...event, ...changes };
    return canonicalForm(textsOf(changed, changed));
  };

  it('differs wherever rows differ', () => {
    const changes: Partial<TrailEvent>[] = [
      {},
      { id: '019be0f0-0000-7000-8000-000000000002' },
      { userId: 'alic' },
      { kind: 'KEY_STORED' },
      { at: new Date('2026-11-27T12:00:00.001Z') },
      { outcome: 'CANCELLED' },
      { provider: 'OPENAI' },
      { provider: '' },
      { keyId: 'x' },
      { keySource: 'x' },
      { chatId: 'x' },
      { model: 'x' },
      { model: 'null' },
      { model: '","x' },
      { inputTokens: 1 },
      { outputTokens: 1 },
      { cachedInputTokens: 1 },
      { cacheWriteInputTokens: 1 },
      { timeToFirstTokenMs: 1 },
      { timeToFirstTokenMs: 1.5 },
      { durationMs: 1 },
      { detail: 'x' },
      { detail: '' },
    ];
    const forms = changes.map(formOf);
    expect(new Set(forms).size).toBe(changes.length);
  });

  it('is that of what the database holds: no half character, and null for what is left out', () => {
    expect(formOf({ detail: 'a\ud800' })).toBe(formOf({ detail: 'a\ufffd' }));
    expect(formOf({ model: null })).toBe(formOf({}));
  });
});
