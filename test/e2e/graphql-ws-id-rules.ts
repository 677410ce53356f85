import { closed, complete, failed, next, type Rule } from '../support/protocol-rule.js';
import { Talk } from '../support/protocol-talk.js';

const NO_DOCUMENT = { query: 'subscription { nothing }' };
const LONG_ID = 'x'.repeat(1_001);

export const ids: readonly Rule[] = [
  {
    rule: 'that runs already is closed with 4409, and all that runs ends',
    play: async (talk) => {
      const sources = [await talk.subscribe('mine'), await talk.subscribe('other')];
      talk.ask('mine');
      await Promise.all(sources.map(({ left }) => left));
    },
    hears: [closed(4409, 'Subscriber for mine already exists')],
  },
  {
    rule: 'that runs already is closed with 4409 in the same breath, too',
    play: (talk) => {
      talk.ask('mine');
      talk.ask('mine');
    },
    hears: [closed(4409, 'Subscriber for mine already exists')],
  },
  {
    rule: 'of one connection says nothing of another connection’s',
    play: async (talk) => {
      await talk.subscribe('1');
      const other = await Talk.enter(talk.peer);
      (await other.subscribe('1')).end();
      await other.hear(1);
      expect(await other.all()).toEqual([complete('1')]);
      other.close('terminate');
    },
    hears: [],
  },
  ...['1', '__proto__', 'constructor', 'toString', '"\\\n', 'ä'.repeat(100)].map((id): Rule => ({
    rule: `may be any text, and is free after complete, after error, and after complete again: ${JSON.stringify(id)}`,
    play: async (talk) => {
      (await talk.subscribe(id)).end();
      await talk.hear(1);
      talk.ask(id, NO_DOCUMENT);
      await talk.hear(2);
      (await talk.subscribe(id)).end(new Error('It failed.'));
      await talk.hear(3);
      const source = await talk.subscribe(id);
      source.say(1);
      source.end();
      await talk.hear(5);
    },
    hears: [complete(id), failed(id), failed(id), next(id, 1), complete(id)],
  })),
  {
    rule: 'may be long',
    play: async (talk) => {
      talk.ask('x'.repeat(1_000), NO_DOCUMENT);
      await talk.hear(1);
      talk.ask(LONG_ID, NO_DOCUMENT);
      await talk.hear(2);
    },
    hears: [failed('x'.repeat(1_000)), failed(LONG_ID)],
    ours: {
      hears: [failed('x'.repeat(1_000)), closed(4400)],
      because: 'every message about an operation repeats its id',
    },
  },
  {
    rule: 'that runs already is closed with 4409 where its reason would be too long, too',
    play: async (talk) => {
      await talk.subscribe('ä'.repeat(100));
      talk.ask('ä'.repeat(100));
    },
    hears: [closed(4500)],
    ours: {
      hears: [closed(4409, `Subscriber for ${'ä'.repeat(54)}`)],
      because: 'the reason is cut to what a Close frame holds',
    },
  },
];
