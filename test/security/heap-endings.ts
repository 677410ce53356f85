import {
  cut,
  flood,
  hang,
  redirect,
  replay,
  reply,
  type Behaviour,
} from '../../demo/stand-in/behaviours.mjs';
import type { ChatCase } from '../contract/chat-adapter-cases.js';
import type { EngineCase } from '../contract/search-engine-cases.js';
import { usualAnswer } from '../support/keyed-answers.js';

/** One way in which a call of a provider ends. */
export interface Ending {
  readonly name: string;
  readonly answers: readonly Behaviour[];
  /** The code of the failure; null where there is none. */
  readonly code: string | null;
  /** What the client does when it has the first words, or when the request is there. */
  readonly client?: 'unsubscribes' | 'cancels' | 'leaves';
}

const echo =
  (status: number): Behaviour =>
  (exchange) =>
    exchange.reply({ status, body: { error: { message: `No good: ${exchange.key ?? ''}` } } });

/** What any provider may do. */
const common: readonly Ending[] = [
  { name: 'cut before the headers', answers: [cut()], code: 'PROVIDER_UNAVAILABLE' },
  {
    name: 'reset before the headers',
    answers: [(exchange) => exchange.reset()],
    code: 'PROVIDER_UNAVAILABLE',
  },
  { name: 'redirected', answers: [redirect('https://example.com')], code: 'PROVIDER_UNAVAILABLE' },
  { name: '401', answers: [echo(401)], code: 'KEY_REJECTED' },
  { name: '403', answers: [echo(403)], code: 'KEY_REJECTED' },
  { name: '500', answers: [echo(500)], code: 'PROVIDER_UNAVAILABLE' },
  { name: 'no status of HTTP', answers: [reply({ status: 600 })], code: 'PROVIDER_UNAVAILABLE' },
];

export function chatEndings({ entry, textEvent, malformedEvent, streamErrors, errors }: ChatCase): Ending[] {
  const words = textEvent('one ');
  const usual = usualAnswer(entry.id);
  const whileSpeaking = [replay([words], { then: 'hang' })];
  return [
    ...common,
    { name: 'completed', answers: [usual], code: null },
    { name: 'cut in the middle', answers: [replay([words], { then: 'cut' })], code: 'PROVIDER_TRUNCATED' },
    {
      name: 'reset in the middle',
      answers: [
        async (exchange) => {
          await exchange.write(words);
          exchange.reset();
        },
      ],
      code: 'PROVIDER_TRUNCATED',
    },
    { name: 'over without its end', answers: [replay([words])], code: 'PROVIDER_TRUNCATED' },
    {
      name: 'no JSON',
      answers: [replay([words, malformedEvent], { then: 'hang' })],
      code: 'PROVIDER_UNAVAILABLE',
    },
    {
      name: 'an event too large',
      answers: [flood({ first: `${words}data: {"`, chunk: 'x'.repeat(65_536), bytes: 20_000_000 })],
      code: 'PROVIDER_UNAVAILABLE',
    },
    ...streamErrors.slice(0, 1).map(([code, event]) => ({
      name: 'a failure in the stream',
      answers: [
        (exchange: Parameters<Behaviour>[0], tools: Parameters<Behaviour>[1]) =>
          replay([words, event(exchange.key ?? '')])(exchange, tools),
      ],
      code,
    })),
    {
      name: '429',
      answers: [(exchange) => exchange.reply(errors.rateLimit(exchange.key))],
      code: 'PROVIDER_RATE_LIMITED',
    },
    {
      name: 'spent',
      answers: [(exchange) => exchange.reply(errors.exhausted(exchange.key))],
      code: 'KEY_EXHAUSTED',
    },
    {
      name: 'repeated',
      answers: [reply({ status: 429, headers: { 'retry-after-ms': '1' }, body: '{}' }), usual],
      // Of what answers at a user's endpoint, no header is read: nobody says when to come back.
      code: entry.environment === null ? 'PROVIDER_RATE_LIMITED' : null,
    },
    { name: 'unsubscribed', answers: whileSpeaking, code: null, client: 'unsubscribes' },
    { name: 'cancelled', answers: whileSpeaking, code: null, client: 'cancels' },
    { name: 'left', answers: whileSpeaking, code: null, client: 'leaves' },
    { name: 'left before the headers', answers: [hang()], code: null, client: 'leaves' },
  ];
}

export function searchEndings({ entry, errors }: EngineCase): Ending[] {
  return [
    ...common,
    { name: 'found', answers: [usualAnswer(entry.id)], code: null },
    {
      name: 'cut in the middle',
      answers: [replay(['{"results":['], { then: 'cut' })],
      code: 'PROVIDER_TRUNCATED',
    },
    { name: 'no JSON', answers: [reply({ status: 200, body: '<html>' })], code: 'PROVIDER_UNAVAILABLE' },
    { name: 'another JSON', answers: [reply({ status: 200, body: '7' })], code: 'PROVIDER_UNAVAILABLE' },
    {
      name: 'an answer too large',
      answers: [flood({ first: '{"results":"', chunk: 'x'.repeat(65_536), bytes: 20_000_000 })],
      code: 'PROVIDER_UNAVAILABLE',
    },
    {
      name: '429',
      answers: [(exchange) => exchange.reply(errors.rateLimit(exchange.key))],
      code: 'PROVIDER_RATE_LIMITED',
    },
    { name: 'left', answers: [hang()], code: null, client: 'leaves' },
  ];
}

/** What the time limits end, and what goes on until the longest of them has passed. */
export function timedEndings(speak: string | null): Ending[] {
  const silent: Ending = { name: 'no first byte', answers: [hang()], code: 'PROVIDER_TIMEOUT' };
  if (speak === null) {
    return [silent, { name: 'silent', answers: [replay(['{'], { then: 'hang' })], code: 'PROVIDER_TIMEOUT' }];
  }
  return [
    silent,
    { name: 'silent after the headers', answers: [replay([], { then: 'hang' })], code: 'PROVIDER_TIMEOUT' },
    { name: 'silent', answers: [replay([speak], { then: 'hang' })], code: 'PROVIDER_TIMEOUT' },
    {
      name: 'too long',
      answers: [
        async (exchange) => {
          while (await exchange.write(speak));
        },
      ],
      code: 'PROVIDER_TIMEOUT',
    },
  ];
}
