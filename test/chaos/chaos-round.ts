import { once, setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestRedis } from '../support/redis.js';
import { findUnsettled, readTrail, type Trail } from './aftermath.js';
import { type ChaosServer, KEY } from './chaos-server.js';
import { ChaosUpstream, type UpstreamCall } from './chaos-upstream.js';
import { ChatHistory } from './chat-history.js';
import { type ChatPlan, planChat } from './chat-plan.js';
import { type Counts, noCounts } from './counts.js';
import { happen, type Incident } from './incident.js';
import { Random } from './random.js';
import { judge, outcomeOf } from './verdict.js';
import { type Stage, Viewer } from './viewer.js';

/** Longer than any chat takes, with its server found dead in the middle of it; in milliseconds. */
const ROUND_LIMIT_MS = 75_000;
const SETTLE_LIMIT_MS = 15_000;

/** How chats end that no client was shown. */
const ORPHANED = ['SERVICE_UNAVAILABLE', 'PROVIDER_TRUNCATED'];

const CANCEL = 'mutation ($chatId: ID!) { cancelChat(chatId: $chatId) { cancelled } }';

export interface RoundReport {
  readonly seed: string;
  readonly durationMs: number;
  readonly counts: Counts;
  /** What went wrong, with the history of the chats that it went wrong for. */
  readonly failures: readonly string[];
}

export interface RoundSettings {
  /** Every decision follows from it. What it meets, of time and of other chats, does not. */
  readonly seed: string;
  readonly chats: number;
  readonly incident: Incident;
  readonly servers: readonly [ChaosServer, ChaosServer];
  readonly redis: TestRedis;
}

/** Many chats at once on two servers, to one of which something happens in the middle of it. */
export class ChaosRound {
  readonly #settings: RoundSettings;
  readonly #stage: Stage;
  readonly #over = new AbortController();
  readonly #isOver = once(this.#over.signal, 'abort');
  readonly #random: Random;
  readonly #upstream: ChaosUpstream;
  readonly #histories: readonly ChatHistory[];
  readonly #startedAt = performance.now();
  /** The incarnations that were killed, or that may have been taken for dead. */
  readonly #dead = new Set<string>();
  readonly #viewers = new Map<ChatPlan, readonly Viewer[]>();
  /** What goes on beside the viewers. */
  readonly #errands: Promise<void>[] = [];
  readonly #disturbAt: number;
  #isDisturbed = false;

  constructor(settings: RoundSettings) {
    const { seed, chats, servers } = settings;
    this.#settings = settings;
    // Every viewer listens.
    setMaxListeners(0, this.#over.signal);
    this.#random = new Random(`${seed}/round`);
    this.#stage = { servers, counts: noCounts(), over: this.#over.signal };
    const plans = Array.from({ length: chats }, (_, index) => planChat(seed, index));
    this.#histories = plans.map((plan) => new ChatHistory(plan, this.#startedAt));
    const pieces = plans.reduce((sum, plan) => sum + plan.floodFrom, 0);
    this.#disturbAt = Math.floor(pieces * (0.25 + this.#random.next() / 4));
    this.#upstream = new ChaosUpstream(seed, plans, (plan, count) => this.#onPiece(plan, count));
  }

  async run(): Promise<RoundReport> {
    const { seed, servers } = this.#settings;
    for (const server of servers) server.play(this.#upstream);
    const users = [...new Set(this.#histories.map(({ plan }) => plan.userId))];
    await Promise.all(users.map((userId) => servers[0].process.storeKey(userId, 'OPENAI', KEY)));
    const limit = setTimeout(() => this.#over.abort(), ROUND_LIMIT_MS);
    await Promise.all(this.#histories.map((history) => this.#watch(history)));
    await Promise.all(this.#errands);
    for (const server of servers) await this.#reviewAll(server);
    clearTimeout(limit);
    const unsettled = await this.#settle();
    const trails = await readTrail(servers[0], users);
    const failures = [...unsettled, ...this.#judgeOrphans(trails), ...this.#judgeAll(trails)];
    return { seed, durationMs: performance.now() - this.#startedAt, counts: this.#stage.counts, failures };
  }

  async #watch(history: ChatHistory): Promise<void> {
    const { seed } = this.#settings;
    const { plan } = history;
    const viewers = Array.from({ length: plan.viewers }, (_, index) => {
      const name = `viewer ${String(index + 1)}`;
      return new Viewer(name, history, this.#stage, new Random(`${seed}/${String(plan.index)}/${name}`));
    });
    this.#viewers.set(plan, viewers);
    await Promise.all(viewers.map((viewer) => viewer.watch()));
  }

  #onPiece(plan: ChatPlan, count: number): void {
    if (!this.#isDisturbed && this.#upstream.piecesSent >= this.#disturbAt) {
      this.#isDisturbed = true;
      this.#begin(this.#interfere());
    }
    const history = this.#histories[plan.index];
    if (!history || plan.stopAfter !== count || history.isStopAsked) return;
    if (plan.stop === 'cancels') this.#begin(this.#cancel(history));
    if (plan.stop === 'unsubscribes') this.#viewers.get(plan)?.[0]?.unsubscribe();
  }

  #begin(errand: Promise<void>): void {
    this.#errands.push(errand);
    // The end of the round awaits it, and learns why.
    errand.catch(() => this.#over.abort());
  }

  async #interfere(): Promise<void> {
    const { incident } = this.#settings;
    const server = this.#random.pick(this.#settings.servers);
    // A server that is asked to stop lets its chats finish.
    if (incident !== 'is asked to stop') this.#dead.add(server.incarnation);
    for (const history of this.#histories) history.note('chaos', `${server.incarnation} ${incident}`);
    await happen(incident, server, this.#random);
    for (const history of this.#histories) history.note('chaos', `${server.incarnation} is there`);
    this.#stage.counts.incidents[incident] = 1;
  }

  async #cancel(history: ChatHistory): Promise<void> {
    const { plan } = history;
    const random = new Random(`${this.#settings.seed}/${String(plan.index)}/cancel`);
    const chatId = await Promise.race([history.chatId, this.#isOver]);
    history.isStopAsked = true;
    while (!this.#over.signal.aborted) {
      const server = random.pick(this.#settings.servers);
      history.note('chaos', `cancels on ${server.incarnation}`);
      const answer = await server.process.post(plan.userId, CANCEL, { chatId }).catch(() => null);
      const code = answer?.errors[0]?.extensions.code;
      if (answer && !code) {
        history.cancelled.push(answer.data?.cancelChat.cancelled === true);
        return;
      }
      if (code && code !== 'SERVICE_UNAVAILABLE') {
        history.violate('chaos', `cancelChat fails: ${code}`);
        return;
      }
      await pause(random.integer(50, 250));
    }
  }

  /** What each server shows of every chat when all is over. */
  async #reviewAll(server: ChaosServer): Promise<void> {
    const { seed } = this.#settings;
    for (const history of this.#histories) {
      const random = new Random(`${seed}/${String(history.plan.index)}/review`);
      const stage = { ...this.#stage, servers: [server] };
      for (const chatId of history.chatIds) await Viewer.review(history, chatId, stage, random);
    }
  }

  /** Asks until all is as it must be, or it has taken too long. @returns what is not */
  async #settle(): Promise<string[]> {
    const { servers, redis } = this.#settings;
    const deadline = performance.now() + SETTLE_LIMIT_MS;
    for (;;) {
      const unsettled = await findUnsettled(servers, redis, this.#histories);
      if (unsettled.length === 0 || performance.now() > deadline) return unsettled;
    }
  }

  #judgeAll(trails: Trail): string[] {
    const { ends } = this.#stage.counts;
    return this.#histories.flatMap((history) => {
      const calls = this.#upstream.callsFor(history.plan);
      const [first] = history.views;
      const outcome = first ? outcomeOf(first.end) : 'none';
      ends[outcome] = (ends[outcome] ?? 0) + 1;
      const wrong = [...history.violations, ...judge({ history, calls, dead: this.#dead, trails })];
      return wrong.length === 0 ? [] : [describe(history, calls, wrong)];
    });
  }

  /**
   * Chats that no client was shown: their server died after their key's use was written down, or could not announce
   * them to the other one and ended them. They have asked no upstream: all calls belong to chats that were shown.
   */
  #judgeOrphans(trails: Trail): string[] {
    const known = new Set(this.#histories.flatMap(({ chatIds }) => chatIds));
    const unknown = [...trails].filter(([chatId]) => !known.has(chatId));
    this.#stage.counts.orphans = unknown.length;
    return unknown
      .filter(([, [use, end, ...more]]) => {
        const isEnded = end
          ? end.kind === 'CHAT_FINISHED' && ORPHANED.includes(end.outcome)
          : this.#dead.size > 0;
        return use?.kind !== 'KEY_USED' || !isEnded || more.length > 0;
      })
      .map(([chatId, entries]) => `nobody knows chat ${chatId}: ${JSON.stringify(entries)}`);
  }
}

function describe(
  { plan, lines }: ChatHistory,
  calls: readonly UpstreamCall[],
  wrong: readonly string[],
): string {
  const { pieces, ...rest } = plan;
  return [
    `Chat ${String(plan.index)}: ${wrong.join('; ')}`,
    `  plan: ${JSON.stringify({ ...rest, pieces: pieces.length })}`,
    ...calls.map(({ incarnation, offered, sent, ending }) => {
      const lengths = `${String(sent.length)} of ${String(offered.length)} characters taken`;
      return `  upstream, asked by ${incarnation}: ${lengths}, ${ending}`;
    }),
    ...lines.map((line) => `  ${line}`),
  ].join('\n');
}
