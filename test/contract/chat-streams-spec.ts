import { replay } from '../../demo/stand-in/behaviours.mjs';
import { UpstreamError } from '../../src/outbound/upstream-error.js';
import type { ChatPart } from '../../src/providers/chat/contract.js';
import { collect } from '../support/collect.js';
import { chatCases } from './chat-adapter-cases.js';
import { inPiecesOf, joined, useAdapter } from './chat-adapter-harness.js';
import { searchTool } from './chat-adapter-tool-cases.js';
import { streamCases, type StreamCase } from './chat-stream-cases.js';

const TOOLS = { tools: { definitions: [searchTool], choice: 'AUTO' as const } };

it('covers every adapter', () => {
  expect(streamCases.map(({ entry }) => entry)).toEqual(chatCases.map(({ entry }) => entry));
});

describe.each(streamCases)('an answer of $entry.displayName with', ({ entry, model, cases }) => {
  const { stream, answerWith } = useAdapter(entry, model);

  async function partsOf({ body, calls }: StreamCase, size: number) {
    void answerWith(replay(inPiecesOf(size, Buffer.from(body))));
    const parts: ChatPart[] = [];
    let code: string | undefined;
    try {
      for await (const part of stream(calls && TOOLS)) parts.push(part);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      code = error.code;
    }
    return { parts, code };
  }

  it.each(cases)('$name', async (streamCase) => {
    const { parts, code } = await partsOf(streamCase, 1_000_000);
    expect(code).toBe(streamCase.code);
    expect(joined('text', parts)).toBe(streamCase.text);
    expect(joined('reasoning', parts)).toBe(streamCase.reasoning ?? '');
    const reason = streamCase.code === undefined ? [streamCase.finish ?? 'STOP'] : [];
    expect(parts.flatMap((part) => (part.type === 'finish' ? [part.reason] : []))).toEqual(reason);
    if (streamCase.usage !== undefined) {
      const usage = parts.findLast((part) => part.type === 'usage')?.usage;
      expect(usage ? [usage.inputTokens, usage.outputTokens] : null).toEqual(streamCase.usage);
    }
    const calls = parts.flatMap((part) => (part.type === 'toolCalls' ? part.calls : []));
    // Through JSON, as they are kept: what they are made of does not matter.
    const plain = JSON.parse(JSON.stringify(calls.map(({ name, input }) => ({ name, input })))) as unknown;
    expect(plain).toEqual(streamCase.calls ?? []);
    expect(await partsOf(streamCase, 11)).toEqual({
      code,
      parts: parts.map((part) =>
        part.type === 'toolCalls' ? expect.objectContaining({ type: part.type }) : part,
      ),
    });
  });

  it.each([
    ['a comment', ': keepalive\n\n'],
    ['an event without data', 'event: keepalive\n\n'],
    ['an event with empty data', 'event: ping\ndata:\n\n'],
    ['one of two empty lines of data', 'data\ndata\n\n'],
    ['an event of an unknown kind', 'event: strange\ndata: {"type":"strange","index":0}\n\n'],
    ['other fields', 'id: 7\nretry: 10\nfield\n\n'],
    ['an event of null', 'data: null\n\n'],
  ])('%s in its middle', async (_name, extra) => {
    const first = cases.find(({ code, text }) => code === undefined && text !== '')!;
    const events = first.body.split(/(?<=\n\n|\r\n\r\n)/);
    void answerWith(replay([extra + events.join(extra) + extra]));
    expect(joined('text', await collect(stream()))).toBe(first.text);
  });
});
