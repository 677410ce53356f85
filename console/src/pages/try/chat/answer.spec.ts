import { type Answer, answerAfter, noAnswer, type Part } from './answer';
import type { ChatEvent } from './chat-events';

const eventOf = (fields: object): ChatEvent => ({ chatId: 'chat-1', seq: 1, ...fields }) as ChatEvent;
const begins = (query: string) => eventOf({ __typename: 'SearchStarted', engine: 'BRAVE', query });
const finds = (query: string) =>
  eventOf({ __typename: 'SearchFinished', engine: 'BRAVE', query, results: [], failure: null });
const after = (...events: readonly ChatEvent[]): Answer =>
  events.reduce((answer, event) => answerAfter(answer, event, { isStopped: false, elapsedMs: 40 }), noAnswer);

type Searches = Extract<Part, { kind: 'searches' }>;
const searchesOf = ({ parts }: Answer): Searches[] => parts.filter((part) => part.kind === 'searches');
const queriesOf = (searches: Searches['searches']): string[] => searches.map(({ query }) => query);

describe('the searches of an answer', () => {
  it('show what they found in the order in which they found it, so that nothing is moved', () => {
    const [part] = searchesOf(after(begins('a'), begins('b'), finds('b'), finds('a')));
    expect(queriesOf(part!.searches)).toEqual(['a', 'b']);
    expect(queriesOf(part!.found)).toEqual(['b', 'a']);
  });

  it('are a part of their own when they begin after the others have ended', () => {
    const parts = searchesOf(after(begins('a'), finds('a'), begins('b'), begins('c')));
    expect(parts.map(({ searches }) => queriesOf(searches))).toEqual([['a'], ['b', 'c']]);
  });

  it('end with the answer', () => {
    const [part] = searchesOf(after(begins('a'), eventOf({ __typename: 'ChatCancelled', usage: null })));
    expect(part!.searches).toMatchObject([{ query: 'a', results: null, isOver: true }]);
  });
});

describe('the ending of an answer that was stopped', () => {
  it.each([true, false])('says whether the person stopped it: %s', (isStopped) => {
    const { ending } = answerAfter(noAnswer, eventOf({ __typename: 'ChatCancelled', usage: null }), {
      isStopped,
      elapsedMs: null,
    });
    expect(ending).toEqual({ kind: 'cancelled', wasWanted: isStopped });
  });
});

describe('the time of the first words', () => {
  const words = (text: string) => eventOf({ __typename: 'TextDelta', text });
  beforeAll(() => Object.assign(globalThis, { requestAnimationFrame: () => 0 }));
  it('is that of the first of them, and none where it was asked before a reload', () => {
    const first = answerAfter(noAnswer, words('a'), { isStopped: false, elapsedMs: 40 });
    expect(answerAfter(first, words('b'), { isStopped: false, elapsedMs: 90 }).firstTokenMs).toBe(40);
    expect(answerAfter(noAnswer, words('a'), { isStopped: false, elapsedMs: null }).firstTokenMs).toBeNull();
  });
});
