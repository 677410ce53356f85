import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import { shortDigest } from '../../../src/redis/short-digest.js';
import { ServerPresence } from '../../../src/redis/server-presence.js';
import { type Door, doors } from '../../support/doors.js';
import { ScriptedChat } from '../../support/scripted-chat.js';
import { expectNoGaps, Watcher } from '../../support/survival-cases.js';
import { type ChatEventData, textOf } from '../../support/test-server.js';
import { bestOf, clockMs } from '../../support/timing.js';
import { useTwoServers } from '../../support/two-servers.js';

// Watchers get an end or an error within a minute; many wait at once, on a busy machine.
jest.setTimeout(300_000);

const KEY = 'key-of-alice-0123456789';
const CANCEL = 'mutation ($chatId: ID!) { cancelChat(chatId: $chatId) { cancelled } }';
/** The servers' own limits are 12 s and less; the rest is the machine's. */
const TOLD_WITHIN_MS = 60_000;
/** In which a server that others do not hold up answers. */
const SOON_MS = 2_000;
const TERMINAL = ['ChatCompleted', 'ChatFailed', 'ChatCancelled'];

const servers = useTwoServers({ CHAT_DISCONNECT_GRACE_MS: '60000' });
const here = () => servers().here;
const there = () => servers().there;
const redis = (): Redis => servers().redis.redis;
const environment = (): string => servers().redis.environment.ENVIRONMENT_NAME!;

beforeEach(() => here().storeKey('alice', 'OPENAI', KEY));

/** What Redis has of a chat of alice's. */
interface Shared {
  readonly meta: string;
  readonly log: string;
  readonly watchers: string;
  readonly news: string;
  /** The ids of the entries. */
  readonly ids: readonly string[];
  readonly sealed: readonly string[];
  /** An entry of another chat. */
  readonly foreign: string;
}

function namesOf(chatId: string) {
  const name = (part: string): string =>
    `keystream:${environment()}:v3:chat:{${shortDigest('alice')}:${chatId}}:${part}`;
  return { meta: name('meta'), log: name('log'), watchers: name('watchers'), news: name('news') };
}

async function sharedOf(chatId: string, foreign: string): Promise<Shared> {
  const names = namesOf(chatId);
  const entries = await redis().xrange(names.log, '-', '+');
  const ids = entries.map(([id]) => id);
  return { ...names, ids, sealed: entries.map(([, fields]) => fields[1]!), foreign };
}

/** Puts something else in the place of an entry, and of those after it what was there. */
async function replaceEntry({ log, ids, sealed }: Shared, index: number, ...fields: string[]): Promise<void> {
  await redis().del(log);
  for (const [at, id] of ids.entries()) {
    await redis().xadd(log, id, ...(at === index ? fields : ['e', sealed[at]!]));
  }
}

const field = (name: string, value: string) => async (chat: Shared) => {
  await redis().hset(chat.meta, name, value);
};
const without = (name: string) => async (chat: Shared) => {
  await redis().hdel(chat.meta, name);
};
const dropEntry = (at: number) => async (chat: Shared) => {
  await redis().xdel(chat.log, chat.ids.at(at)!);
};
const all =
  (...changes: ((chat: Shared) => Promise<void>)[]) =>
  async (chat: Shared) => {
    for (const change of changes) await change(chat);
  };
const lastOf = (chat: Shared): number => chat.ids.length - 1;

/** What an attacker with write access to Redis can do, or what gets lost there. */
const changes: Readonly<Record<string, (chat: Shared) => Promise<void>>> = {
  nothing: () => Promise.resolve(),
  'no meta': async ({ meta }) => {
    await redis().del(meta);
  },
  'no log': async ({ log }) => {
    await redis().del(log);
  },
  'nothing left': async ({ meta, log }) => {
    await redis().del(meta, log);
  },
  'a meta that is a text': async ({ meta }) => {
    await redis().set(meta, 'x');
  },
  'a log that is a text': async ({ log }) => {
    await redis().set(log, 'x');
  },
  'a log that is a list': async ({ log }) => {
    await redis().del(log);
    await redis().rpush(log, 'x');
  },
  'a server that is none': field('server', randomUUID()),
  'a server that is no id': field('server', 'x'.repeat(1_000_000)),
  'another server that is alive': async ({ meta }) => {
    await redis().hset(meta, 'server', there().app.get(ServerPresence).serverId);
  },
  'no server': without('server'),
  'the state ended': field('state', 'ended'),
  'the state running': field('state', 'running'),
  'a state that is none': field('state', 'paused'),
  'no state': without('state'),
  'no last number': without('last'),
  ...Object.fromEntries(
    ['0', '1', '-5', 'NaN', 'abc', '1e3', '2.5', '', '9'.repeat(30), '999999999', 'x'.repeat(1_000_000)].map(
      (last) => [`the last number ${last.slice(0, 12)}`, field('last', last)],
    ),
  ),
  'no record': without('record'),
  'a record that does not open': field('record', 'x'),
  'no first entry': dropEntry(0),
  'no last entry': dropEntry(-1),
  'no last entry, and a last number to match': async (chat) => {
    await redis().xdel(chat.log, chat.ids.at(-1)!);
    await redis().hset(chat.meta, 'last', chat.ids.at(-2)?.split('-')[0] ?? '0');
  },
  'no last entry, ended, and a last number to match': all(field('state', 'ended'), async (chat) => {
    await redis().xdel(chat.log, chat.ids.at(-1)!);
    await redis().hset(chat.meta, 'last', chat.ids.at(-2)?.split('-')[0] ?? '0');
  }),
  'no last entry, and running': all(field('state', 'running'), dropEntry(-1)),
  'no last entry, and running on no server': all(
    field('state', 'running'),
    field('server', randomUUID()),
    dropEntry(-1),
  ),
  'ended, with nothing at all': all(field('state', 'ended'), field('last', '0'), async ({ log }) => {
    await redis().del(log);
  }),
  'an entry without our field': (chat) => replaceEntry(chat, lastOf(chat), 'x', 'y'),
  'an entry with fields before and behind': (chat) =>
    replaceEntry(chat, lastOf(chat), 'x', 'y', 'e', chat.sealed.at(-1)!, 'z', 'z'),
  'an entry that does not open': (chat) => replaceEntry(chat, lastOf(chat), 'e', 'v1.x'),
  'an entry of nothing': (chat) => replaceEntry(chat, lastOf(chat), 'e', ''),
  'an entry of another chat': (chat) => replaceEntry(chat, lastOf(chat), 'e', chat.foreign),
  'an entry of another number': (chat) => replaceEntry(chat, lastOf(chat), 'e', chat.sealed[0]!),
  'an entry of 20 MB': (chat) => replaceEntry(chat, lastOf(chat), 'e', 'v1.'.repeat(7_000_000)),
  'an entry twice': async ({ log, sealed, ids }) => {
    await redis().xadd(log, `${String(Number(ids.at(-1)!.split('-')[0]) + 1)}-0`, 'e', sealed.at(-1)!);
  },
  'an entry between two': async ({ log, sealed, ids }) => {
    await redis().xadd(log, `${ids.at(-1)!.split('-')[0]!}-7`, 'e', sealed.at(-1)!);
  },
  'watchers that are no numbers': async ({ watchers }) => {
    await redis().hset(watchers, there().app.get(ServerPresence).serverId, 'NaN');
    await redis().hset(watchers, randomUUID(), '-1', 'x'.repeat(10_000), '1e9');
  },
  'watchers that are a text': async ({ watchers }) => {
    await redis().set(watchers, 'x');
  },
};
/** Those after which no server seems to run a chat: its watchers find that out by themselves. */
const lost = [
  'no meta',
  'nothing left',
  'a meta that is a text',
  'a log that is a text',
  'a log that is a list',
  'a server that is none',
  'a server that is no id',
  'another server that is alive',
  'no server',
  'the state ended',
  'a state that is none',
  'no state',
  'no last entry, ended, and a last number to match',
  'no last entry, and running on no server',
  'ended, with nothing at all',
];
const cases = Object.entries(changes).flatMap(([name, change]) =>
  doors.map((door) => [`${name}, over ${door.name}`, change, door] as const),
);

/** How a subscription ended: a sentence where it broke a rule of the protocol. */
async function outcomeOf(watcher: Watcher, seen: readonly ChatEventData[] = []): Promise<string> {
  const events = [...seen];
  try {
    for (let event = await watcher.next(); event; event = await watcher.next()) events.push(event);
  } catch (error) {
    const text = `${error instanceof Error ? error.message : ''}${JSON.stringify(error)}`;
    const code = /CHAT_NOT_FOUND|SERVICE_UNAVAILABLE/.exec(text)?.[0];
    const ends = events.filter(({ __typename }) => TERMINAL.includes(__typename));
    return ends.length > 0 ? 'an error after its end' : code ? 'an error' : `another error: ${text}`;
  }
  expectNoGaps(events);
  const ends = events.map(({ __typename }) => TERMINAL.includes(__typename));
  if (ends.indexOf(true) !== events.length - 1) return `complete after ${JSON.stringify(events.at(-1))}`;
  return 'its end';
}

const PROMISED = ['its end', 'an error'];

function within<Result>(work: Promise<Result>): Promise<Result | string> {
  let timer: NodeJS.Timeout;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('nothing'), TOLD_WITHIN_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

interface Begun {
  readonly name: string;
  readonly chatId: string;
  readonly upstream: ScriptedChat;
  readonly owner: Watcher;
  readonly elsewhere: Watcher;
  readonly seen: readonly ChatEventData[];
}

/** A chat on one server that is watched on both, and has said something. */
async function begin(name: string, door: Door): Promise<Begun> {
  const upstream = new ScriptedChat(here().standIn);
  const owner = await Watcher.chat(here(), {}, door);
  await upstream.say('one');
  const [{ chatId } = { chatId: '' }] = await owner.until('one');
  const elsewhere = await Watcher.resume(there(), chatId, 0, 'alice', door);
  const seen = await elsewhere.until('one');
  await upstream.say(' two');
  await owner.until(' two');
  return { name, chatId, upstream, owner, elsewhere, seen: [...seen, ...(await elsewhere.until(' two'))] };
}

async function foreignEntry(): Promise<string> {
  const events = await here().chatEvents('alice', {});
  const entries = await redis().xrange(namesOf(events[0]!.chatId).log, '-', '+');
  return entries.at(-1)![1][1]!;
}

const healthy = async (): Promise<void> => {
  for (const server of [here(), there()]) {
    const best = await bestOf(5, SOON_MS, () =>
      clockMs(fetch(`${server.url}/healthz`).then(({ status }) => expect(status).toBe(200))),
    );
    expect(best).toBeLessThan(SOON_MS);
  }
};

describe('an attacker who can write to Redis', () => {
  it('shows no watcher a chat that has ended without its end', async () => {
    const foreign = await foreignEntry();
    const watched = [];
    for (const [name, change, door] of cases) {
      const events = await here().chatEvents('alice', {});
      const { chatId, seq } = events.at(-1)!;
      await change(await sharedOf(chatId, foreign));
      // The one that ran it has forgotten it: what Redis has is all there is.
      for (const afterSeq of [0, seq - 1]) {
        const watcher = await Watcher.resume(there(), chatId, afterSeq, 'alice', door);
        const before = events.filter((event) => event.seq <= afterSeq);
        watched.push(
          within(outcomeOf(watcher, before)).then((outcome) => [
            `${name} after ${String(afterSeq)}`,
            outcome,
          ]),
        );
      }
    }
    const outcomes = await Promise.all(watched);
    expect(outcomes.filter(([, outcome]) => !PROMISED.includes(outcome!))).toEqual([]);
    const [untouched] = outcomes;
    expect(untouched?.[1]).toBe('its end');
    await healthy();
  });

  it('leaves a watcher that has the end already with nothing more to come, or an error', async () => {
    const foreign = await foreignEntry();
    const answers = await Promise.all(
      Object.entries(changes).map(async ([name, change]) => {
        const { chatId, seq } = (await here().chatEvents('alice', {})).at(-1)!;
        await change(await sharedOf(chatId, foreign));
        const watcher = await Watcher.resume(there(), chatId, seq);
        return [
          name,
          await within(
            watcher.rest().then(
              (events) => events.length,
              () => 'an error',
            ),
          ),
        ];
      }),
    );
    expect(answers.filter(([, answer]) => answer !== 0 && answer !== 'an error')).toEqual([]);
    expect(answers[0]).toEqual(['nothing', 0]);
  });

  it.each([
    ['is silent', () => Promise.resolve()],
    [
      'goes on',
      async ({ upstream }: Begun) => {
        await upstream.say(' three');
        await upstream.end();
      },
    ],
  ])('keeps no watcher waiting for a chat that %s', async (kind, goOn) => {
    const foreign = await foreignEntry();
    const begun: Begun[] = [];
    for (const [name, change, door] of cases) {
      const chat = await begin(name, door);
      begun.push(chat);
      await change(await sharedOf(chat.chatId, foreign));
      // It is closed where the run was ended because of that.
      await goOn(chat).catch(() => undefined);
    }
    await healthy();
    // Those that no server runs any more, as far as Redis says: for the others their upstreams are waited for.
    const abandoned = begun.filter(
      ({ name }) => kind === 'is silent' && lost.some((each) => name.startsWith(`${each}, over`)),
    );
    const outcomes = await endsOf(abandoned);
    expect(outcomes.filter(([, outcome]) => outcome !== 'an error')).toEqual([]);
    const rest = begun.filter((chat) => !abandoned.includes(chat));
    for (const { upstream } of rest) await upstream.end().catch(() => undefined);
    const late = await endsOf(rest);
    expect(late.filter(([, outcome]) => !PROMISED.includes(outcome))).toEqual([]);
    expect(late.filter(([name]) => name.startsWith('nothing, over')).map(([, outcome]) => outcome)).toEqual(
      doors.map(() => 'its end'),
    );
    await healthy();
  });

  const endsOf = (chats: readonly Begun[]): Promise<(readonly [string, string])[]> =>
    Promise.all(
      chats.map(
        async ({ name, elsewhere, seen }) => [name, await within(outcomeOf(elsewhere, seen))] as const,
      ),
    );

  it('takes nothing from watchers of a chat on its own server', async () => {
    const foreign = await foreignEntry();
    const begun: Begun[] = [];
    for (const [name, change] of Object.entries(changes)) {
      const chat = await begin(name, doors[0]!);
      begun.push(chat);
      await change(await sharedOf(chat.chatId, foreign));
      await chat.upstream.say(' three').catch(() => undefined);
      await chat.upstream.end().catch(() => undefined);
    }
    const ends = await Promise.all(
      begun.map(async ({ name, owner }) => [
        name,
        await within(owner.rest().then((rest) => rest.at(-1)?.__typename)),
      ]),
    );
    expect(ends.filter(([, end]) => !TERMINAL.includes(end!))).toEqual([]);
  });

  it('gets an answer to cancelChat for each chat, in time', async () => {
    const foreign = await foreignEntry();
    const answers: Promise<unknown>[] = [];
    for (const [name, change] of Object.entries(changes)) {
      const { chatId } = (await here().chatEvents('alice', {})).at(-1)!;
      await change(await sharedOf(chatId, foreign));
      answers.push(
        within(there().post('alice', CANCEL, { chatId })).then((answer: any) => [
          name,
          answer.errors?.[0]?.extensions.code ?? answer.data?.cancelChat.cancelled ?? answer,
        ]),
      );
    }
    const answered = (await Promise.all(answers)) as [string, unknown][];
    expect(answered[0]).toEqual(['nothing', false]);
    const allowed = [false, 'CHAT_NOT_FOUND', 'SERVICE_UNAVAILABLE'];
    expect(answered.filter(([, answer]) => !allowed.includes(answer as string))).toEqual([]);
  });

  it('has no running chat reported as over: it is stopped, or the caller learns that it may not be', async () => {
    for (const change of [
      field('state', 'ended'),
      field('last', '1'),
      all(field('state', 'ended'), dropEntry(-1)),
    ]) {
      const chat = await begin('cancelled', doors[0]!);
      await change(await sharedOf(chat.chatId, ''));
      const { data, errors } = await there().post<any>('alice', CANCEL, { chatId: chat.chatId });
      expect(data?.cancelChat.cancelled ?? errors[0]?.extensions.code).not.toBe(false);
      await chat.upstream.closed();
    }
  });

  it('cannot hold up a server with news and messages', async () => {
    const chat = await begin('flooded', doors[0]!);
    const { news } = namesOf(chat.chatId);
    const control = `keystream:${environment()}:v3:server:${here().app.get(ServerPresence).serverId}:control`;
    const runKey = `${shortDigest('alice')}:${chat.chatId}`;
    const flood = redis().pipeline();
    for (let count = 0; count < 20_000; count += 1) flood.publish(news, String(count));
    for (let count = 0; count < 5_000; count += 1) flood.publish(control, `show ${runKey}`);
    for (const junk of [
      '',
      ' ',
      'stop',
      'stop ',
      'show x',
      `left ${' '.repeat(1_000_000)}`,
      '\u0000',
      '{}',
    ]) {
      flood.publish(control, junk);
    }
    const flooded = flood.exec();
    await healthy();
    await chat.upstream.say(' three');
    await chat.upstream.end();
    const rest = await chat.elsewhere.rest();
    expect(textOf(rest)).toBe(' three');
    expect(rest.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
    await flooded;
  });

  it('cannot keep a request from its chat with an invalid claim', async () => {
    const junk: ((name: string) => Promise<unknown>)[] = [
      (name) => redis().set(name, 'x'),
      (name) => redis().set(name, 'v1.'.repeat(1_000_000)),
      (name) => redis().rpush(name, 'x'),
    ];
    for (const put of junk) {
      const requestId = randomUUID();
      await put(`keystream:${environment()}:v3:request:${shortDigest('alice')}:${shortDigest(requestId)}`);
      const events = await here().chatEvents('alice', { requestId });
      expect(events.at(-1)).toMatchObject({ __typename: 'ChatCompleted' });
      const again = await there().chatEvents('alice', { requestId });
      expect(again.at(-1)).toEqual(events.at(-1));
    }
  });
});
