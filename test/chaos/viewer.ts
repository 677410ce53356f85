import { setTimeout as pause } from 'node:timers/promises';
import { RESUME } from '../support/survival-cases.js';
import { CHAT, type ChatEventData } from '../support/test-server.js';
import type { ChaosServer } from './chaos-server.js';
import type { ChatHistory } from './chat-history.js';
import type { Counts } from './counts.js';
import type { Random } from './random.js';
import { type Received, Subscription } from './subscription.js';

const TERMINAL = ['ChatCompleted', 'ChatFailed', 'ChatCancelled'];
/** After how long without a word most clients take their connection for lost, in milliseconds. */
const SILENCE_MS = 3_000;
/** What a client tries again after. */
const PASSING = ['RATE_LIMITED', 'SERVICE_UNAVAILABLE'];

export interface Stage {
  readonly servers: readonly ChaosServer[];
  readonly counts: Counts;
  /** Aborts when the round has taken too long. */
  readonly over: AbortSignal;
}

/**
 * A client that watches one chat to its end, over any door of any server, and loses its connection again and again. It
 * puts the text together, and sees to it that no event is missing, comes twice or comes after the end.
 */
export class Viewer {
  #chatId: string | null = null;
  #seq = 0;
  #text = '';
  #end: ChatEventData | null = null;
  #isStopping = false;
  /** It comes when all is over: it never drops its connection, and never begins anew. */
  #isReview = false;
  #subscription: Subscription | null = null;
  readonly #earlier: string[] = [];

  constructor(
    private readonly name: string,
    private readonly history: ChatHistory,
    private readonly stage: Stage,
    private readonly random: Random,
  ) {
    stage.over.addEventListener('abort', () => this.#subscription?.drop());
  }

  /** Resolves when it has seen the end. */
  async watch(): Promise<void> {
    while (!this.#end && !this.stage.over.aborted) {
      if (!(await this.#watchOnce())) await pause(this.random.integer(50, 250));
    }
    const view = { name: this.name, text: this.#text, earlier: this.#earlier };
    if (this.#end) this.history.views.push({ ...view, end: this.#end });
    else this.history.violate(this.name, 'waits in vain for the end');
  }

  /** Unsubscribes at the next event: that stops the chat. */
  unsubscribe(): void {
    this.#isStopping = true;
  }

  /** Every event from the first one on, without a loss: what everybody finds there afterwards. */
  static async review(history: ChatHistory, chatId: string, stage: Stage, random: Random): Promise<void> {
    const names = stage.servers.map(({ name }) => name).join();
    const viewer = new Viewer(`review on ${names}`, history, stage, random);
    viewer.#isReview = true;
    viewer.#chatId = chatId;
    await viewer.watch();
  }

  /** @returns false where it is better to wait a moment before the next time */
  async #watchOnce(): Promise<boolean> {
    const { random, stage } = this;
    const subscription = await this.#subscribe(random.pick(stage.servers));
    this.#subscription = subscription;
    try {
      const isPatient = this.#isReview || random.chance(0.2);
      return isPatient
        ? await this.#read(subscription, Infinity, Infinity)
        : await this.#read(subscription, this.#patience(), SILENCE_MS);
    } finally {
      subscription.drop();
    }
  }

  /** After how many events it drops its connection. */
  #patience(): number {
    return this.random.chance(0.2) ? 0 : this.random.integer(1, 20);
  }

  #subscribe(server: ChaosServer): Promise<Subscription> {
    const { plan, chatIds } = this.history;
    // The id that another viewer has reported.
    this.#chatId ??= chatIds[0] ?? null;
    const chatId = this.#chatId;
    const door = this.random.pick(['ws', 'sse'] as const);
    const where = `${server.incarnation} over ${door}`;
    const isResumed = chatId !== null && (this.#isReview || this.random.chance(0.8));
    this.history.note(
      this.name,
      isResumed ? `resumes after ${String(this.#seq)} on ${where}` : `asks ${where}`,
    );
    if (isResumed) {
      this.stage.counts.resumes += 1;
      const variables = { chatId, afterSeq: this.#seq };
      return Subscription.open(door, server.url, plan.userId, RESUME, variables);
    }
    this.#beginAnew();
    const { question, requestId } = plan;
    const input = { provider: 'OPENAI', messages: [{ role: 'USER', content: question }], requestId };
    return Subscription.open(door, server.url, plan.userId, CHAT, { input });
  }

  #beginAnew(): void {
    this.stage.counts.requests += 1;
    if (this.#seq > 0) this.#earlier.push(this.#text);
    this.#seq = 0;
    this.#text = '';
  }

  async #read(subscription: Subscription, patience: number, silenceMs: number): Promise<boolean> {
    if (patience === 0) await pause(this.random.integer(0, 40));
    for (let count = 0; count < patience; count += 1) {
      const received = await subscription.next(silenceMs);
      if (received.type !== 'event') return this.#isOverBy(received);
      this.#take(received.event);
      if (this.#end) return this.#expectComplete(subscription);
      if (this.#isStopping) return this.#stop(subscription);
      if (this.random.chance(0.05)) await pause(this.random.integer(0, 60));
    }
    this.stage.counts.drops += 1;
    this.history.note(this.name, `drops at ${String(this.#seq)}`);
    return true;
  }

  #take(event: ChatEventData): void {
    const { history, name } = this;
    history.learn(event.chatId);
    if (event.chatId !== this.#chatId && event.seq > 1)
      history.violate(name, `gets ${event.chatId}’s events`);
    this.#chatId = event.chatId;
    const from = event.fromSeq ?? event.seq;
    if (from !== this.#seq + 1 || event.seq < from) {
      history.violate(name, `has ${String(this.#seq)} and gets ${String(from)} to ${String(event.seq)}`);
    }
    if ((from === 1) !== (event.__typename === 'ChatStarted')) {
      history.violate(name, `gets ${event.__typename} as number ${String(from)}`);
    }
    this.#seq = event.seq;
    this.stage.counts.events += 1;
    if (event.seq > from) this.stage.counts.merged += 1;
    if (event.__typename === 'TextDelta') this.#text += event.text ?? '';
    if (TERMINAL.includes(event.__typename)) {
      this.#end = event;
      history.note(name, `${event.__typename} ${event.error?.code ?? ''} as number ${String(event.seq)}`);
    }
  }

  /** After the end comes `complete`, and nothing else; a connection may always be lost. */
  async #expectComplete(subscription: Subscription): Promise<boolean> {
    const last = await subscription.next(SILENCE_MS);
    if (last.type === 'event') this.history.violate(this.name, `gets ${last.event.__typename} after the end`);
    if (last.type === 'refused') this.history.violate(this.name, `gets ${last.code} after the end`);
    return true;
  }

  #isOverBy(received: Exclude<Received, { type: 'event' }>): boolean {
    const { history, name } = this;
    switch (received.type) {
      case 'complete':
        history.violate(name, `gets \`complete\` at ${String(this.#seq)}, without an end`);
        return false;
      case 'refused':
        history.note(name, `is refused: ${received.code}`);
        this.stage.counts.refusals += 1;
        if (!PASSING.includes(received.code))
          history.violate(name, `is refused: ${received.code}, ${received.message}`);
        return false;
      case 'lost':
        history.note(name, `loses its connection at ${String(this.#seq)}: ${String(received.status)}`);
        this.stage.counts.losses += 1;
        if (!isPassing(received.status)) history.violate(name, `is closed with ${String(received.status)}`);
        return false;
    }
  }

  async #stop(subscription: Subscription): Promise<boolean> {
    this.#isStopping = false;
    this.history.isStopAsked = true;
    this.history.note(this.name, `unsubscribes at ${String(this.#seq)}`);
    subscription.leave();
    await pause(this.random.integer(0, 40));
    return true;
  }
}

/** A server that died, went away, is stopping, or has no room at the moment. */
const isPassing = (status: number): boolean => [0, 503, 1001, 1006, 1012, 1013].includes(status);
