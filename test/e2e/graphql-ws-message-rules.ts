import { closed, complete, failed, next, PONG, type Rule } from '../support/protocol-rule.js';
import { SCRIPTED } from '../support/protocol-peers.js';

const INVALID: readonly (readonly [string, string])[] = [
  ['no JSON', 'hello'],
  ['empty', ''],
  ['null', 'null'],
  ['a number', '1'],
  ['a list', '[]'],
  ['without a type', '{}'],
  ['of another type', '{"type":"hello"}'],
  ['of a type of the older protocol', '{"type":"start","id":"1","payload":{"query":"{a}"}}'],
  ['of a type in capitals', '{"type":"PING"}'],
  ['of the type toString', '{"type":"toString"}'],
  ['of a type that is no text', '{"type":1}'],
  ['connection_init whose payload is a text', '{"type":"connection_init","payload":""}'],
  ['ping whose payload is a list', '{"type":"ping","payload":[]}'],
  ['pong whose payload is a number', '{"type":"pong","payload":1}'],
  ['subscribe without an id', '{"type":"subscribe","payload":{"query":"{a}"}}'],
  ['subscribe with an empty id', '{"type":"subscribe","id":"","payload":{"query":"{a}"}}'],
  ['subscribe whose id is a number', '{"type":"subscribe","id":1,"payload":{"query":"{a}"}}'],
  ['subscribe without a payload', '{"type":"subscribe","id":"1"}'],
  ['subscribe without a query', '{"type":"subscribe","id":"1","payload":{}}'],
  ['subscribe whose query is no text', '{"type":"subscribe","id":"1","payload":{"query":{}}}'],
  [
    'subscribe whose operationName is no text',
    '{"type":"subscribe","id":"1","payload":{"query":"{a}","operationName":1}}',
  ],
  [
    'subscribe whose variables are a list',
    '{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[]}}',
  ],
  [
    'subscribe whose extensions are a text',
    '{"type":"subscribe","id":"1","payload":{"query":"{a}","extensions":""}}',
  ],
  ['complete without an id', '{"type":"complete"}'],
  ['next without a payload', '{"type":"next","id":"1"}'],
  ['error without a payload', '{"type":"error","id":"1"}'],
];

const INVALID_MESSAGE = closed(4400, 'Invalid message received');

const SERVERS_OWN = [
  { type: 'connection_ack' },
  { type: 'next', id: '1', payload: { data: null } },
  { type: 'error', id: '1', payload: [{ message: '' }] },
];

const invalid: readonly Rule[] = [
  ...INVALID.map(([what, text]): Rule => ({
    rule: `is closed with 4400: ${what}`,
    entered: true,
    play: (talk) => talk.sendRaw(text),
    hears: [INVALID_MESSAGE],
  })),
  {
    rule: 'is closed with 4400 before connection_init, too',
    play: (talk) => talk.sendRaw('{"type":"hello"}'),
    hears: [INVALID_MESSAGE],
  },
  {
    rule: 'ends the operations of its connection',
    entered: true,
    play: async (talk) => {
      const source = await talk.subscribe('1');
      talk.sendRaw('hello');
      await source.left;
    },
    hears: [INVALID_MESSAGE],
  },
  {
    rule: 'is closed with 4400: binary data that is no JSON',
    entered: true,
    play: (talk) => talk.sendRaw(Buffer.from([0xff, 0x00])),
    hears: [INVALID_MESSAGE],
  },
  ...SERVERS_OWN.map((message): Rule => ({
    rule: `is not for a client to send, and its connection is closed: ${message.type}`,
    entered: true,
    play: (talk) => talk.send(message),
    hears: [closed(4500)],
    ours: { hears: [INVALID_MESSAGE], because: 'the mistake is the client’s' },
  })),
];

const valid: readonly Rule[] = [
  {
    rule: 'may come as binary data',
    play: async (talk) => {
      talk.sendRaw(Buffer.from('{"type":"complete","id":"1"}'));
      talk.sendRaw(Buffer.from('{"type":"connection_init","payload":{}}'));
      await talk.hear(1);
    },
    hears: [closed(4403)],
  },
  {
    rule: 'may have fields that the protocol does not name',
    entered: true,
    play: async (talk) => {
      talk.send({ type: 'ping', id: 7, more: { of: 'it' } });
      await talk.hear(1);
      talk.send({ id: '1', type: 'subscribe', more: 1, payload: { ...SCRIPTED, doc_id: 'x' } });
      const source = await talk.peer.begun();
      source.say(1);
      source.end();
      await talk.hear(3);
    },
    hears: [PONG, next('1', 1), complete('1')],
  },
  {
    rule: 'may leave fields out by null',
    entered: true,
    play: async (talk) => {
      talk.ask('1', { ...SCRIPTED, operationName: null, extensions: null });
      (await talk.peer.begun()).end();
      await talk.hear(1);
      talk.ask('2', { query: '{', variables: null, operationName: null, extensions: null });
      await talk.hear(2);
    },
    hears: [complete('1'), closed(4500)],
    ours: { hears: [complete('1'), failed('2')], because: 'a document that does not parse fails alone' },
  },
  {
    rule: 'may be long before the client is known',
    play: async (talk) => {
      talk.send({ type: 'ping', payload: { long: 'x'.repeat(64 * 1024) } });
      await talk.hear(1);
    },
    hears: [expect.objectContaining(PONG)],
    ours: { hears: [closed(4401)], because: 'before the token no more than 64 KiB is read' },
  },
  {
    rule: 'may be nested deeply',
    play: (talk) => talk.sendRaw(`{"type":"pong","payload":{"a":${'['.repeat(300)}${']'.repeat(300)}}}`),
    hears: [],
    ours: { hears: [closed(4400)], because: 'what walks through it would run out of stack' },
  },
];

export const messageRules: Readonly<Record<string, readonly Rule[]>> = {
  'an invalid message': invalid,
  'a message': valid,
};
