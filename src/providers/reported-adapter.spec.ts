import { failureOf } from '../../test/support/collect.js';
import { Secret } from '../common/secret.js';
import type { ChatAdapter, ChatPart } from './contract.js';
import { ReportedAdapter } from './reported-adapter.js';

const request = { model: 'm', messages: [] };
const key = Secret.fromText('key-of-nobody');
const text: ChatPart = { type: 'text', text: 'a' };

describe('ReportedAdapter', () => {
  let reported: unknown[];
  let left: boolean;
  beforeEach(() => {
    reported = [];
    left = false;
  });

  const stream = (parts: () => Generator<ChatPart, void>) => {
    const adapter: ChatAdapter = {
      async *stream() {
        try {
          await Promise.resolve();
          yield* parts();
        } finally {
          left = true;
        }
      },
    };
    const report = (error: unknown) => void reported.push(error);
    return new ReportedAdapter(adapter, report).stream(request, key, new AbortController().signal);
  };

  it('hands on what there is, and reports nothing', async () => {
    const parts = [];
    for await (const part of stream(function* () {
      yield text;
      yield { type: 'finish', reason: 'STOP' };
    }))
      parts.push(part);
    expect(parts).toEqual([text, { type: 'finish', reason: 'STOP' }]);
    expect(reported).toEqual([]);
  });

  it('reports a failure once, and hands it on', async () => {
    const failure = new Error('of the provider');
    const parts = stream(function* () {
      yield text;
      throw failure;
    });
    expect(await parts.next()).toEqual({ done: false, value: text });
    expect(await failureOf(parts.next())).toBe(failure);
    expect(await parts.next()).toEqual({ done: true, value: undefined });
    expect(reported).toEqual([failure]);
  });

  it('leaves with its reader', async () => {
    for await (const part of stream(function* () {
      yield text;
      yield text;
    })) {
      expect(part).toBe(text);
      break;
    }
    expect(left).toBe(true);
    expect(reported).toEqual([]);
  });
});
