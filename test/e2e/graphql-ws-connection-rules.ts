import { ACKNOWLEDGED, closed, PONG, type Rule } from '../support/protocol-rule.js';

const OTHER_PROTOCOLS = ['graphql-ws', 'soap'];

const handshake: readonly Rule[] = [
  {
    rule: 'a client that offers graphql-transport-ws gets it',
    play: ({ protocol }) => expect(protocol).toBe('graphql-transport-ws'),
    hears: [],
  },
  {
    rule: 'a client that offers it beside others gets it',
    protocols: ['graphql-ws', 'graphql-transport-ws'],
    play: ({ protocol }) => expect(protocol).toBe('graphql-transport-ws'),
    hears: [],
  },
  {
    rule: 'a client that offers no sub-protocol is closed with 4406',
    protocols: undefined,
    play: (talk) => talk.hear(1),
    hears: [closed(4406, 'Subprotocol not acceptable')],
    ours: {
      hears: [closed(4406, 'Subprotocol not acceptable: graphql-transport-ws is')],
      because: 'the reason names the one that is spoken',
    },
  },
  ...OTHER_PROTOCOLS.map((protocol): Rule => ({
    rule: `a client that offers only ${protocol} is not let in`,
    protocols: protocol,
    play: (talk) => talk.hear(1),
    hears: [{ failed: 'Server sent no subprotocol' }, closed(1006)],
    ours: {
      hears: [closed(4406, 'Subprotocol not acceptable: graphql-transport-ws is')],
      because: 'a handshake that fails tells a page in a browser nothing',
    },
  })),
];

const introduction: readonly Rule[] = [
  {
    rule: 'connection_init is acknowledged',
    play: (talk) => talk.introduce(),
    hears: [ACKNOWLEDGED],
  },
  {
    rule: 'a client that does not send it in time is closed with 4408',
    play: (talk) => talk.hear(1),
    hears: [closed(4408, 'Connection initialisation timeout')],
  },
  {
    rule: 'a second one is closed with 4429',
    entered: true,
    play: (talk) => talk.introduce(),
    hears: [closed(4429, 'Too many initialisation requests')],
  },
  {
    rule: 'a second one is closed with 4429 before the first is acknowledged, too',
    play: async (talk) => {
      talk.peer.admit = () => talk.hear(1);
      await talk.introduce();
      await talk.introduce();
    },
    hears: [closed(4429, 'Too many initialisation requests')],
  },
  ...[undefined, null, {}, { authorization: 'Basic YTpi' }].map((payload): Rule => ({
    rule: `one that is rejected is closed with 4403: ${JSON.stringify({ payload })}`,
    play: async (talk) => {
      talk.send({ type: 'connection_init', payload });
      await talk.hear(1);
    },
    hears: [closed(4403, 'Forbidden')],
    ours: { hears: [closed(4403, 'A valid token is needed')], because: 'the reason says what is missing' },
  })),
  {
    rule: 'subscribe before it is closed with 4401',
    play: (talk) => talk.ask('1'),
    hears: [closed(4401, 'Unauthorized')],
  },
  {
    rule: 'subscribe before it is acknowledged is closed with 4401',
    play: async (talk) => {
      talk.peer.admit = () => talk.hear(1);
      await talk.introduce();
      talk.ask('1');
    },
    hears: [closed(4401, 'Unauthorized')],
  },
  {
    rule: 'complete, ping and pong may come before it',
    play: async (talk) => {
      talk.send({ type: 'complete', id: '1' });
      talk.send({ type: 'pong' });
      talk.send({ type: 'ping' });
      await talk.hear(1);
      await talk.introduce();
      await talk.hear(2);
    },
    hears: [PONG, ACKNOWLEDGED],
  },
];

const pings: readonly Rule[] = [
  {
    rule: 'each ping of a client that reads is answered',
    entered: true,
    play: async (talk) => {
      for (const count of [1, 2, 3]) {
        talk.send({ type: 'ping' });
        await talk.hear(count);
      }
    },
    hears: [PONG, PONG, PONG],
  },
  {
    rule: 'a ping is answered while operations run, and between their results',
    entered: true,
    play: async (talk) => {
      await talk.subscribe('1');
      talk.send({ type: 'ping' });
      await talk.hear(1);
    },
    hears: [PONG],
  },
  {
    rule: 'a payload of null is none',
    entered: true,
    play: async (talk) => {
      talk.send({ type: 'pong', payload: null });
      talk.send({ type: 'ping', payload: null });
      await talk.hear(1);
    },
    hears: [PONG],
  },
  {
    rule: 'a ping may have a payload, which its pong may repeat',
    play: async (talk) => {
      talk.send({ type: 'ping', payload: { at: 1 } });
      await talk.hear(1);
    },
    hears: [{ type: 'pong', payload: { at: 1 } }],
    ours: { hears: [PONG], because: 'a client that does not read would have us keep what it sends' },
  },
  {
    rule: 'a pong that nobody asked for is a heartbeat',
    entered: true,
    play: (talk) => talk.send({ type: 'pong', payload: { at: 1 } }),
    hears: [],
  },
];

export const connectionRules: Readonly<Record<string, readonly Rule[]>> = {
  'the handshake': handshake,
  connection_init: introduction,
  'ping and pong': pings,
};
