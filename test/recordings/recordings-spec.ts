import { anthropic } from '../../src/providers/chat/anthropic/anthropic.provider.js';
import { google } from '../../src/providers/chat/google/google.provider.js';
import { valueAt } from '../../src/providers/chat/value-at.js';
import { inPiecesOf, joined } from '../contract/chat-adapter-harness.js';
import { chunksReferenceOf, foldersOfChunks, referenceOf } from './packages.js';
import { bytesOf, decode, recordingsIn, type Recording } from './recording.js';

const recordings = recordingsIn(process.env.TEST_RECORDINGS_DIR!);

/** A few thousand bytes can be cut at each of them in turn. */
const SMALL = 1_500;
/** The blank lines between two paragraphs are ours. */
const withoutParagraphs = (text: string): string => text.replaceAll('\n\n', '');

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** The last value that an answer's events have for each count. */
function lastCounts({ entry, lines }: Recording): (name: string) => number {
  const path = entry === google ? ['usageMetadata'] : entry === anthropic ? [] : ['response', 'usage'];
  const usages = lines
    .map(jsonOf)
    .map((event) =>
      path.length > 0
        ? valueAt(event, ...path)
        : (valueAt(event, 'usage') ?? valueAt(event, 'message', 'usage')),
    );
  return (name) =>
    usages.map((usage) => valueAt(usage, name)).findLast((count) => typeof count === 'number') ?? 0;
}

/** The total says it, too, also where the reasoning is counted apart (xAI). */
function usageOfChunks({ lines }: Recording): [number, number] {
  const usages = lines
    .map(jsonOf)
    .map((chunk) => valueAt(chunk, 'usage') ?? valueAt(chunk, 'x_groq', 'usage'));
  const last = usages.findLast((usage) => typeof valueAt(usage, 'prompt_tokens') === 'number');
  const input = Number(valueAt(last, 'prompt_tokens') ?? 0);
  return [input, Number(valueAt(last, 'total_tokens') ?? 0) - input];
}

function usageOf(recording: Recording): [number, number] {
  if (foldersOfChunks.has(recording.folder)) return usageOfChunks(recording);
  const count = lastCounts(recording);
  if (recording.entry === google) {
    return [count('promptTokenCount'), count('candidatesTokenCount') + count('thoughtsTokenCount')];
  }
  const cached = count('cache_read_input_tokens') + count('cache_creation_input_tokens');
  return [count('input_tokens') + cached, count('output_tokens')];
}

it('holds recordings of each API', () => {
  expect(new Set(recordings.map(({ entry }) => entry.id)).size).toBe(8);
});

describe.each(recordings)('$name', (recording) => {
  const { entry, folder } = recording;
  const whole = decode(entry, [bytesOf(recording, '\n')]);

  if (foldersOfChunks.has(folder)) {
    it("says, thinks and calls what the provider's own package says", async () => {
      const reference = await chunksReferenceOf(folder, new Uint8Array(bytesOf(recording, '\n')));
      const calls = whole.parts.flatMap((part) => (part.type === 'toolCalls' ? part.calls : []));
      expect({
        text: joined('text', whole.parts),
        reasoning: joined('reasoning', whole.parts),
        calls: calls.map(({ name, input }) => ({ name, input })),
      }).toEqual(reference);
    });
  } else
    it("says what the provider's own package says", async () => {
      // Google's package wants its own line ends.
      const { text, failed } = await referenceOf(
        entry,
        new Uint8Array(bytesOf(recording, entry === google ? '\r\n' : '\n')),
      );
      const all = whole.parts
        .map((part) => (part.type === 'text' || part.type === 'reasoning' ? part.text : ''))
        .join('');
      expect(whole.code !== null).toBe(failed);
      if (!failed)
        expect(withoutParagraphs(entry === google ? all : joined('text', whole.parts))).toBe(
          withoutParagraphs(text),
        );
    });

  it('has one end', () => {
    const ends = whole.parts.filter(({ type }) => type === 'finish').length + (whole.code === null ? 0 : 1);
    expect(ends).toBe(1);
  });

  it("tells what was read from the provider's cache, and written to it", () => {
    const count = lastCounts(recording);
    const usage = whole.parts.findLast((part) => part.type === 'usage')?.usage;
    if (entry === anthropic && usage)
      expect([usage.cachedInputTokens ?? 0, usage.cacheWriteInputTokens ?? 0]).toEqual([
        count('cache_read_input_tokens'),
        count('cache_creation_input_tokens'),
      ]);
  });

  it('has the usage of its last event that has one', () => {
    const usage = whole.parts.findLast((part) => part.type === 'usage')?.usage;
    expect(usage ? [usage.inputTokens, usage.outputTokens] : [0, 0]).toEqual(usageOf(recording));
  });

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('is the same with any cut (%s)', (_name, lineEnd) => {
    const bytes = bytesOf(recording, lineEnd);
    const ids = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value).replaceAll(/"id":"[\da-f-]{36}"/g, '"id":""'));
    const expected = ids(whole);
    for (const size of [1, 7, 1_460, bytes.length]) {
      expect(ids(decode(entry, inPiecesOf(size, bytes)))).toEqual(expected);
    }
    for (let cut = 1; bytes.length < SMALL && cut < bytes.length; cut += 1) {
      expect(ids(decode(entry, [bytes.subarray(0, cut), bytes.subarray(cut)]))).toEqual(expected);
    }
  });
});
