import { closed, complete, failed, next, type Rule } from '../support/protocol-rule.js';

const completion: readonly Rule[] = [
  {
    rule: 'ends its operation, of which nothing is heard from then on, nor a complete',
    play: async (talk) => {
      const source = await talk.subscribe('1');
      source.say(1);
      await talk.hear(1);
      talk.send(complete('1'));
      await source.left;
      source.say(2);
    },
    hears: [next('1', 1)],
  },
  {
    rule: 'ends an operation that has just been asked for',
    play: async (talk) => {
      talk.ask('1');
      talk.send(complete('1'));
      await (
        await talk.peer.begun()
      ).left;
    },
    hears: [],
  },
  {
    rule: 'frees the id',
    play: async (talk) => {
      const first = await talk.subscribe('1');
      talk.send(complete('1'));
      await first.left;
      // The protocol's own server has not quite done with it when it has left its source.
      await talk.all();
      const second = await talk.subscribe('1');
      second.say(1);
      second.end();
      await talk.hear(3);
    },
    hears: [{ type: 'pong' }, next('1', 1), complete('1')],
  },
  {
    rule: 'frees the id at once: the next operation of that id is heard',
    play: async (talk) => {
      await talk.subscribe('1');
      talk.send(complete('1'));
      const second = await talk.subscribe('1');
      second.say(1);
      await talk.hear(1);
    },
    hears: [complete('1'), next('1', 1)],
    ours: { hears: [next('1', 1)], because: 'there the end of the first completes the second' },
  },
  {
    rule: 'of what has never run is passed over',
    play: (talk) => talk.send(complete('nobody')),
    hears: [],
  },
  {
    rule: 'of what the server has completed at the same time is passed over',
    play: async (talk) => {
      (await talk.subscribe('1')).end();
      await talk.hear(1);
      talk.send(complete('1'));
    },
    hears: [complete('1')],
  },
  {
    rule: 'of what the server has ended with an error at the same time is passed over',
    play: async (talk) => {
      (await talk.subscribe('1')).end(new Error('It failed.'));
      await talk.hear(1);
      talk.send(complete('1'));
    },
    hears: [failed('1')],
  },
  {
    rule: 'that comes twice is passed over',
    play: async (talk) => {
      const source = await talk.subscribe('1');
      talk.send(complete('1'));
      talk.send(complete('1'));
      await source.left;
    },
    hears: [],
  },
];

const ending: readonly Rule[] = [
  {
    rule: 'with 1000, as the client’s goodbye, ends its operations',
    play: async (talk) => {
      const sources = [await talk.subscribe('1'), await talk.subscribe('2')];
      talk.close('close');
      await Promise.all(sources.map(({ left }) => left));
    },
    hears: [closed(1000)],
  },
  {
    rule: 'without a word ends its operations',
    play: async (talk) => {
      const sources = [await talk.subscribe('1'), await talk.subscribe('2')];
      talk.close('terminate');
      await Promise.all(sources.map(({ left }) => left));
    },
    hears: [closed(1006)],
  },
];

export const endingRules: Readonly<Record<string, readonly Rule[]>> = {
  'complete from the client': completion.map((rule) => ({ ...rule, entered: true })),
  'the end of a connection': ending.map((rule) => ({ ...rule, entered: true })),
};
