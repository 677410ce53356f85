import { SCRIPTED } from '../support/protocol-peers.js';
import { closed, complete, failed, next, type Rule } from '../support/protocol-rule.js';
import { ids } from './graphql-ws-id-rules.js';

const NO_DOCUMENT = { query: 'subscription { nothing }' };

const results: readonly Rule[] = [
  {
    rule: 'brings a next for each result, as it comes, then complete, and nothing more',
    play: async (talk) => {
      const source = await talk.subscribe('1');
      for (const seq of [1, 2, 3]) {
        source.say(seq);
        await talk.hear(seq);
      }
      source.end();
      await talk.hear(4);
    },
    hears: [next('1', 1), next('1', 2), next('1', 3), complete('1')],
  },
  {
    rule: 'brings complete alone where there are no results',
    play: async (talk) => {
      (await talk.subscribe('1')).end();
      await talk.hear(1);
    },
    hears: [complete('1')],
  },
  {
    rule: 'brings error alone for a document that is not valid',
    play: async (talk) => {
      talk.ask('1', NO_DOCUMENT);
      await talk.hear(1);
    },
    hears: [failed('1')],
  },
  {
    rule: 'brings error alone for a document without an operation',
    play: async (talk) => {
      talk.ask('1', { query: 'fragment a on Subscription { __typename }' });
      await talk.hear(1);
    },
    hears: [failed('1')],
  },
  {
    rule: 'brings error alone where operationName names none of the operations',
    play: async (talk) => {
      talk.ask('1', { ...SCRIPTED, operationName: 'Nothing' });
      await talk.hear(1);
    },
    hears: [failed('1')],
  },
  {
    rule: 'brings a next with errors, then complete, where the execution cannot begin',
    play: async (talk) => {
      talk.ask('1', { ...SCRIPTED, variables: {} });
      await talk.hear(2);
    },
    hears: [
      {
        id: '1',
        type: 'next',
        payload: { errors: [expect.objectContaining({ message: expect.any(String) })] },
      },
      complete('1'),
    ],
  },
  {
    rule: 'ends with error, without complete, where its source fails',
    play: async (talk) => {
      const source = await talk.subscribe('1');
      source.say(1);
      source.end(new Error('It failed.'));
      await talk.hear(2);
    },
    hears: [next('1', 1), failed('1')],
  },
  {
    rule: 'that does not parse is an error',
    play: async (talk) => {
      talk.ask('1', { query: '' });
      await talk.hear(1);
    },
    hears: [closed(4500)],
    ours: { hears: [failed('1')], because: 'it fails alone, not with its connection' },
  },
  {
    rule: 'runs queries, too',
    play: async (talk) => {
      talk.ask('1', { query: '{ __typename }' });
      await talk.hear(1);
    },
    hears: [{ id: '1', type: 'next', payload: { data: { __typename: 'Query' } } }, complete('1')],
    ours: { hears: [failed('1')], because: 'queries go to POST /graphql' },
  },
  {
    rule: 'runs mutations, too',
    play: async (talk) => {
      talk.ask('1', { query: 'mutation { __typename }' });
      await talk.hear(1);
    },
    hears: [{ id: '1', type: 'next', payload: { data: { __typename: 'Mutation' } } }, complete('1')],
    ours: { hears: [failed('1')], because: 'mutations go to POST /graphql' },
  },
];

const together: readonly Rule[] = [
  {
    rule: 'are told apart by their ids, and their messages interleave',
    play: async (talk) => {
      const [first, second] = [await talk.subscribe('a'), await talk.subscribe('b')];
      for (const seq of [1, 2]) {
        first.say(seq);
        await talk.hear(2 * seq - 1);
        second.say(10 * seq);
        await talk.hear(2 * seq);
      }
      first.end();
      await talk.hear(5);
      second.say(30);
      await talk.hear(6);
    },
    hears: [next('a', 1), next('b', 10), next('a', 2), next('b', 20), complete('a'), next('b', 30)],
  },
  {
    rule: 'do not end with one that fails',
    play: async (talk) => {
      const [first, second] = [await talk.subscribe('a'), await talk.subscribe('b')];
      talk.ask('c', NO_DOCUMENT);
      await talk.hear(1);
      first.end(new Error('It failed.'));
      await talk.hear(2);
      second.say(1);
      await talk.hear(3);
    },
    hears: [failed('c'), failed('a'), next('b', 1)],
  },
  {
    rule: 'do not end with one that the client completes',
    play: async (talk) => {
      const [first, second] = [await talk.subscribe('a'), await talk.subscribe('b')];
      talk.send(complete('a'));
      await first.left;
      second.say(1);
      second.end();
      await talk.hear(2);
    },
    hears: [next('b', 1), complete('b')],
  },
  {
    rule: 'may be twenty',
    play: async (talk) => {
      for (let id = 1; id <= 20; id++) (await talk.subscribe(String(id))).say(id);
      await talk.hear(20);
    },
    hears: Array.from({ length: 20 }, (_, index) => next(String(index + 1), index + 1)),
  },
];

export const operationRules: Readonly<Record<string, readonly Rule[]>> = Object.fromEntries(
  Object.entries({ subscribe: results, 'an id': ids, 'several operations': together }).map(
    ([group, rules]) => [group, rules.map((rule): Rule => ({ ...rule, entered: true }))],
  ),
);
