import type { Client } from 'graphql-ws';
import type { ChatEvent, ChatPlace, Wait } from './chat-events';

// The page's modules look at the page when they are loaded.
Object.assign(globalThis, {
  document: { querySelector: () => null },
  window: Object.assign(new EventTarget(), { location: { href: 'http://localhost/console' } }),
});
const { chatEvents } = await import('./chat-events');
const { RefusedError } = await import('../../../server/server-error');

const ID = 'chat-1';
const started = { __typename: 'ChatStarted', chatId: ID, seq: 1 };
const delta = (fromSeq: number, seq = fromSeq) => ({
  __typename: 'TextDelta',
  chatId: ID,
  fromSeq,
  seq,
  text: 'x',
});
const completed = (seq: number) => ({ __typename: 'ChatCompleted', chatId: ID, seq });
const refusal = (code: string) => ({ errors: [{ message: code, extensions: { code } }] });

/** What a connection brings: events, errors; or how it is lost. */
type Script = readonly (object | { readonly code: number })[];

/** A client whose connections do what a test says, one after the other. */
function clientThat(scripts: readonly Script[]) {
  const asked: Record<string, unknown>[] = [];
  const iterate = async function* ({ variables }: { variables: Record<string, unknown> }) {
    asked.push(variables);
    for (const step of scripts[asked.length - 1] ?? []) {
      await Promise.resolve();
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- as graphql-ws does: the event of the connection's end
      if ('code' in step) throw step;
      yield 'errors' in step ? step : { data: { chat: step } };
    }
  };
  return { client: { iterate } as unknown as Client, asked };
}

async function run(scripts: readonly Script[], place: Partial<ChatPlace> = {}) {
  const { client, asked } = clientThat(scripts);
  const events: ChatEvent[] = [];
  const waits: string[] = [];
  let refused = 0;
  const connection = {
    client,
    signal: new AbortController().signal,
    onWait: (wait: Wait | null) => {
      // At the attempt itself there is no time to wait for any more.
      if (!wait?.until) return;
      waits.push(wait.failure.code);
      wait.now();
    },
    onRefused: () => {
      refused += 1;
      return refused < 2;
    },
  };
  const from: ChatPlace = { input: { messages: [], requestId: 'mine' }, chatId: null, seq: 0, ...place };
  const failure = await (async () => {
    for await (const event of chatEvents(from, connection)) events.push(event);
  })().catch((error: unknown) => (error instanceof RefusedError ? error.errors : error));
  return { asked, waits, refused, failure, numbers: events.map(({ seq }) => seq), events };
}

describe('the events of a chat', () => {
  it('come once each and in order, when what was seen comes again', async () => {
    const { numbers, asked } = await run([
      [started, delta(2), { code: 1006 }],
      [started, delta(2), delta(3, 5), completed(6)],
    ]);
    expect(numbers).toEqual([1, 2, 5, 6]);
    expect(asked[1]).toEqual({ chatId: ID, afterSeq: 2 });
  });

  it('are asked for again from the last number where some are missing, or come twice in part', async () => {
    const gap = await run([
      [started, delta(3)],
      [delta(2), completed(3)],
    ]);
    expect(gap.numbers).toEqual([1, 2, 3]);
    const overlap = await run([
      [started, delta(2, 4), delta(3, 6)],
      [delta(5, 6), completed(7)],
    ]);
    expect(overlap.numbers).toEqual([1, 4, 6, 7]);
    expect(overlap.asked[1]).toEqual({ chatId: ID, afterSeq: 4 });
  });

  it('are those of the same request where the connection is lost before the first', async () => {
    const { asked, numbers, waits } = await run([
      [{ code: 1006 }],
      [{ code: 1012 }],
      [started, completed(2)],
    ]);
    expect(asked).toEqual(Array(3).fill({ input: { messages: [], requestId: 'mine' } }));
    expect(numbers).toEqual([1, 2]);
    expect(waits).toEqual(['UNREACHABLE', 'UNREACHABLE']);
  });

  it('go on after an end that is none of the chat', async () => {
    const { numbers } = await run([
      [started, delta(2)],
      [delta(3), completed(4)],
    ]);
    expect(numbers).toEqual([1, 2, 3, 4]);
  });

  it('may be of a type that is not known', async () => {
    const unknown = { __typename: 'SomethingNew', chatId: ID, seq: 2 };
    expect((await run([[started, unknown, delta(3), completed(4)]])).numbers).toEqual([1, 2, 3, 4]);
  });

  it('are waited for where the server asks for time', async () => {
    expect((await run([[refusal('SERVICE_UNAVAILABLE')], [started, completed(2)]])).numbers).toEqual([1, 2]);
    const limited = await run([[started, { code: 1006 }], [refusal('RATE_LIMITED')], [completed(2)]]);
    expect(limited.numbers).toEqual([1, 2]);
    expect(limited.waits).toEqual(['UNREACHABLE', 'RATE_LIMITED']);
  });

  it.each(['RATE_LIMITED', 'NO_KEY_AVAILABLE', 'BAD_USER_INPUT'])(
    'do not come where it is %s',
    async (code) => {
      const { failure, asked } = await run([[refusal(code)]]);
      expect(failure).toEqual(refusal(code).errors);
      expect(asked).toHaveLength(1);
    },
  );

  it('end with an error where the chat is not kept any more', async () => {
    const { failure } = await run([[refusal('CHAT_NOT_FOUND')]], { input: null, chatId: ID });
    expect(failure).toEqual(refusal('CHAT_NOT_FOUND').errors);
  });

  it('say that a request is too large, and do not repeat it', async () => {
    const { failure, asked } = await run([[{ code: 1009 }]]);
    expect(failure).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(asked).toHaveLength(1);
  });

  it('are asked for with a newer token where one has ended, and given up where that is refused, too', async () => {
    const renewed = await run([[started, { code: 4403 }], [completed(2)]]);
    expect(renewed).toMatchObject({ numbers: [1, 2], refused: 1 });
    expect(await run([[{ code: 4403 }], [{ code: 4403 }]])).toMatchObject({ refused: 2, numbers: [] });
    // Whether it is the first refusal of a token does not depend on how often the connection was lost before.
    const late = await run([[{ code: 1006 }], [{ code: 4403 }], [started, completed(2)]]);
    expect(late).toMatchObject({ numbers: [1, 2], refused: 1 });
  });
});
