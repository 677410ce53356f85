import type { AnswerFailures } from './answer-failures.js';
import { AnswerReader, type Batch } from './answer-reader.js';
import type { ChatPart } from './contract.js';

/** Each event is a list of parts. */
const decoder = {
  mayEnd: false,
  isRefused: false,
  push: ({ data }: { readonly data: string }) => JSON.parse(data) as ChatPart[],
  end: () => [],
};

function batchesOf(parts: readonly ChatPart[]): Batch[] {
  const reader = new AnswerReader(decoder, {} as AnswerFailures);
  reader.give(Buffer.from(`data: ${JSON.stringify(parts)}\n\n`));
  const batches: Batch[] = [];
  do batches.push(reader.read());
  while (!batches.at(-1)!.isDone);
  return batches;
}

const textOf = (parts: readonly ChatPart[]): string =>
  parts.map((part) => ('text' in part ? part.text : '')).join('');

const finish: ChatPart = { type: 'finish', reason: 'STOP' };

describe('AnswerReader', () => {
  it('hands on short texts as they are', () => {
    const parts: ChatPart[] = [{ type: 'reasoning', text: 'hm' }, { type: 'text', text: 'plums' }, finish];
    expect(batchesOf(parts).flatMap((batch) => batch.parts)).toEqual(parts);
  });

  it.each(['text', 'reasoning'] as const)('hands on a long %s in pieces, some at a time', (type) => {
    // Characters of one and of two code units, so that cuts fall everywhere.
    const text = Array.from({ length: 400_000 }, (_, index) => (index % 3 === 0 ? '😀' : 'é')).join('');
    const before: ChatPart = { type: 'text', text: 'before' };
    const batches = batchesOf([before, { type, text }, finish]);
    const parts = batches.flatMap((batch) => batch.parts);
    expect([parts[0], parts.at(-1)]).toEqual([before, finish]);
    const pieces = parts.slice(1, -1);
    expect(textOf(pieces)).toBe(text);
    expect(pieces.every((piece) => piece.type === type)).toBe(true);
    for (const piece of pieces) {
      expect(textOf([piece]).length).toBeLessThanOrEqual(32 * 1024);
      expect(textOf([piece]).isWellFormed()).toBe(true);
    }
    for (const batch of batches) expect(textOf(batch.parts).length).toBeLessThanOrEqual(160 * 1024);
  });

  it('ends pieces of a text with half a character at its end', () => {
    const text = `${'a'.repeat(32 * 1024 - 1)}\ud83d`;
    expect(textOf(batchesOf([{ type: 'text', text: `${text}b` }]).flatMap((batch) => batch.parts))).toBe(
      `${text}b`,
    );
    expect(textOf(batchesOf([{ type: 'text', text: text.repeat(2) }]).flatMap((batch) => batch.parts))).toBe(
      text.repeat(2),
    );
  });
});
