import { doors } from '../support/doors.js';
import { ScriptedChat } from '../support/scripted-chat.js';
import { expectNoGaps, Watcher } from '../support/survival-cases.js';
import { CHAT, type ChatEventData, HELLO, textOf } from '../support/test-server.js';
import { untilStalled } from '../support/until-stalled.js';
import { useTestServer } from '../support/use-test-server.js';

const KEY = 'key-of-alice-0123456789';
const DELTAS = 1_500;

describe('a watcher that is slower than its chat', () => {
  const server = useTestServer();
  beforeEach(() => server().storeKey('alice', 'OPENAI', KEY));

  it.each(doors)('takes what waited for it in fewer pieces, every character once: $name', async (door) => {
    const upstream = new ScriptedChat(server().standIn);
    const slow = await door.subscribe(server(), 'alice', CHAT, { input: { messages: HELLO } });
    const events: ChatEventData[] = [(await slow.next())!.data.chat];
    slow.pause();
    // So much that it does not all fit into what lies between: it has to wait in the run's log.
    const texts = Array.from({ length: DELTAS }, (_, index) => `${String(index)} ${'ä'.repeat(10_000)}\n`);
    const said = upstream.say(...texts).then(() => upstream.end());
    await untilStalled(await upstream.exchange, server().url);
    const quick = await Watcher.resume(server(), events[0]!.chatId);
    // It is there before the slow one goes on: what every watcher has read need not be kept.
    const seen = [(await quick.next())!];
    slow.resume();
    for (let result = await slow.next(); result; result = await slow.next()) events.push(result.data.chat);
    await said;
    seen.push(...(await quick.rest()));
    expectNoGaps(events);
    expectNoGaps(seen);
    expect(events.filter(({ fromSeq, seq }) => fromSeq !== undefined && fromSeq < seq)).not.toEqual([]);
    expect(textOf(events)).toBe(texts.join(''));
    expect(textOf(seen)).toBe(texts.join(''));
    slow.cut();
  });

  it('is given neighbouring deltas as one that says which numbers it covers, and can resume from there', async () => {
    const upstream = new ScriptedChat(server().standIn);
    const watcher = await Watcher.chat(server());
    const texts = Array.from({ length: 50 }, (_, index) => `${String(index)} `);
    await upstream.say(...texts);
    await watcher.until('49 ');
    await upstream.end();
    const end = (await watcher.rest()).at(-1)!;
    const resumed = await (await Watcher.resume(server(), end.chatId, 10)).rest();
    expect(resumed).toMatchObject([{ __typename: 'TextDelta', fromSeq: 11, seq: 51 }, { seq: end.seq }]);
    expect(textOf(resumed)).toBe(texts.slice(9).join(''));
  });

  it('cannot resume from before what is kept of a very long answer, and gets an error that says so', async () => {
    const upstream = new ScriptedChat(server().standIn);
    const watcher = await Watcher.chat(server());
    const [{ chatId } = { chatId: '' }] = await begun(upstream, watcher);
    const texts = Array.from({ length: 12 }, (_, index) => String(index).repeat(1_000_000));
    const said = upstream.say(...texts).then(() => upstream.end());
    const events = await watcher.rest();
    await said;
    expect(textOf(events)).toBe(texts.join(''));
    const failure = await (await Watcher.resume(server(), chatId)).failure();
    expect(failure.extensions.code).toBe('CHAT_NOT_FOUND');
    const { seq } = events.at(-1)!;
    const tail = await (await Watcher.resume(server(), chatId, seq - 3)).rest();
    expectNoGaps(tail, seq - 3);
    // A long text comes in pieces of 32 Ki characters.
    const lastTwo = 32 * 1024 + (texts.at(-1)!.length % (32 * 1024));
    expect(textOf(tail)).toBe(texts.join('').slice(-lastTwo));
  });

  async function begun(upstream: ScriptedChat, watcher: Watcher): Promise<ChatEventData[]> {
    await upstream.say('begun');
    return watcher.until('begun');
  }
});
