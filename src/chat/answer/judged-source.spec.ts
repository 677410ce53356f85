import type { ChatSource, SourcePart } from '../run/chat-source.js';
import { type Judge, JudgedSource } from './judged-source.js';

const { signal } = new AbortController();
const text = (piece: string): SourcePart => ({ type: 'text', text: piece });
const finish = (reason: 'STOP' | 'LENGTH' | 'TOOL_CALLS' = 'STOP'): SourcePart => ({
  type: 'finish',
  reason,
});

/** A source that hands on these parts, all that stand in a list at once. */
const sourceOf = (...batches: SourcePart[][]): ChatSource & { closed: boolean } => ({
  first: { provider: 'OPENAI', model: 'm', keySource: 'USER', keyId: null, maskedKey: null },
  closed: false,
  async stream(_signal, onParts) {
    for (const batch of batches) await onParts(batch);
  },
  close() {
    this.closed = true;
  },
});

describe('JudgedSource', () => {
  const judged: string[] = [];
  const judge: Judge = (given) => {
    judged.push(given);
    return Promise.resolve(given === '{}');
  };
  const partsOf = async (source: ChatSource): Promise<SourcePart[][]> => {
    const shown: SourcePart[][] = [];
    await new JudgedSource(source, judge).stream(signal, (parts) => void shown.push([...parts]));
    return shown;
  };
  beforeEach(() => {
    judged.length = 0;
  });

  it('says with the finish whether all of the text fits', async () => {
    const shown = await partsOf(
      sourceOf([text('{')], [{ type: 'reasoning', text: 'hm' }, text('}'), finish()]),
    );
    expect(shown).toEqual([
      [text('{')],
      [{ type: 'reasoning', text: 'hm' }, text('}')],
      [{ type: 'finish', reason: 'STOP', schemaValid: true }],
    ]);
    expect(judged).toEqual(['{}']);
  });

  it.each([
    ['that was cut', [text('{'), finish('LENGTH')], '{'],
    ['that is empty', [finish()], ''],
  ] as const)('judges a text %s', async (_, parts, expected) => {
    const shown = await partsOf(sourceOf([...parts]));
    expect(shown.at(-1)).toMatchObject([{ type: 'finish', schemaValid: false }]);
    expect(judged).toEqual([expected]);
  });

  it('judges nothing where tools of the client are called', async () => {
    const shown = await partsOf(sourceOf([text('I look.'), finish('TOOL_CALLS')]));
    expect(shown.at(-1)).toEqual([{ type: 'finish', reason: 'TOOL_CALLS', schemaValid: null }]);
    expect(judged).toEqual([]);
  });

  it('keeps no text that is too long to be judged, and hands on all of it', async () => {
    const long = 'x'.repeat(700_000);
    const shown = await partsOf(sourceOf([text(long)], [text(long)], [finish()]));
    expect(shown).toEqual([
      [text(long)],
      [text(long)],
      [{ type: 'finish', reason: 'STOP', schemaValid: null }],
    ]);
    expect(judged).toEqual([]);
  });

  it('makes no finish of its own', async () => {
    expect(await partsOf(sourceOf([text('{}')]))).toEqual([[text('{}')]]);
    expect(judged).toEqual([]);
  });

  it('is closed with its source', () => {
    const source = sourceOf();
    new JudgedSource(source, judge).close();
    expect(source.closed).toBe(true);
  });
});
