import { flood } from '../../demo/stand-in/behaviours.mjs';
import { ResponseEvents } from '../../demo/stand-in/openai-events.mjs';
import { doors } from '../support/doors.js';
import { RESUME, Watcher } from '../support/survival-cases.js';
import { useTwoServers } from '../support/two-servers.js';
import { untilStalled } from '../support/until-stalled.js';

const DELTA = 'x'.repeat(4_000);
const TOTAL_BYTES = 60_000_000;
/** What the kernel holds on the way, the log that a run keeps, and what a run may be ahead of its watchers. */
const TAKEN_BYTES = 35_000_000;

describe('a watcher that does not read, on another server than its chat', () => {
  const servers = useTwoServers({ CHAT_DISCONNECT_GRACE_MS: '20000' });
  beforeAll(() => servers().here.storeKey('alice', 'OPENAI', 'key-of-alice-0123456789'));

  it.each(doors)(
    'stops the provider all the same, and misses nothing when it reads on: $name',
    async (door) => {
      const { here, there } = servers();
      let deltas = 0;
      here.standIn.once('OPENAI', async (exchange, tools) => {
        const answer = new ResponseEvents(exchange.body);
        const chunk = answer.textDelta(DELTA);
        const first = answer.begin() + answer.beginText();
        await flood({ first, chunk, bytes: TOTAL_BYTES, last: answer.end(1) })(exchange, tools);
        deltas = Math.round(exchange.sentBytes / chunk.length);
      });
      const request = here.standIn.nextRequest('OPENAI');
      const starter = await Watcher.chat(here);
      const { chatId } = (await starter.next())!;
      const stalled = await door.subscribe(there, 'alice', RESUME, { chatId });
      await stalled.next();
      stalled.pause();
      starter.client.cut();
      const exchange = await request;
      await untilStalled(exchange, here.url);
      expect(exchange.sentBytes).toBeLessThan(TAKEN_BYTES);
      stalled.resume();
      let characters = 0;
      let last: any = null;
      for (let result = await stalled.next(); result; result = await stalled.next()) {
        last = result.data.chat;
        if (last.__typename === 'TextDelta') characters += last.text.length as number;
      }
      expect(last).toMatchObject({ __typename: 'ChatCompleted' });
      expect(deltas).toBeGreaterThan(10_000);
      expect(characters).toBe(deltas * DELTA.length);
      stalled.cut();
    },
    60_000,
  );
});
