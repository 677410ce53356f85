import { canonicalForm, readTexts, type TrailEvent, textsOf } from './trail-event.js';

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
      { cost: '1' },
      { cost: '0' },
      { accessTokenId: 'x' },
      { timeToFirstTokenMs: 1 },
      { timeToFirstTokenMs: 1.5 },
      { durationMs: 1 },
      { detail: 'x' },
      { detail: '' },
    ];
    const forms = changes.map(formOf);
    expect(new Set(forms).size).toBe(changes.length);
  });

  it('is what it was for a row from before a cost could be in it', () => {
    expect(formOf({})).toBe(
      'keystream/audit-event/v1["019be0f0-0000-7000-8000-000000000001","alice","KEY_USED","2026-11-27T12:00:00.000Z",null,null,null,null,null,"OK",null,null,null,null,null,null,null]',
    );
  });

  it('has an amount as it was written, whatever zeros the database adds', () => {
    const written = textsOf({ ...event, cost: '0.00125' }, event);
    const stored = written.map((text) => (text === '0.00125' ? '0.001250000000' : text));
    expect(canonicalForm(readTexts(JSON.stringify(stored)))).toBe(canonicalForm(written));
    const changed = written.map((text) => (text === '0.00125' ? '0.001250000001' : text));
    expect(canonicalForm(readTexts(JSON.stringify(changed)))).not.toBe(canonicalForm(written));
  });

  it('is that of what the database holds: no half character, and null for what is left out', () => {
    expect(formOf({ detail: 'a\ud800' })).toBe(formOf({ detail: 'a\ufffd' }));
    expect(formOf({ model: null })).toBe(formOf({}));
  });
});
