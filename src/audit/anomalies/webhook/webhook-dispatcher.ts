import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { BoundedLines } from '../../../common/bounded-lines.js';
import { webhookTried } from '../../../telemetry/signals/signals.js';
import { AlertSender } from './alert-sender.js';
import { pauseAfter } from './retry-pause.js';
import { type ClaimedWebhook, WebhookOutbox } from './webhook-outbox.js';

/** Sent at the same time, by one server. */
const AT_ONCE = 5;
/** Longer than an attempt may take, in milliseconds. */
const LEASE_MS = 60_000;
/** How often webhooks are looked for that another server left, or whose time has come, at the latest, in milliseconds. */
const LOOK_MS = 15_000;
/** How often at the soonest, in milliseconds. */
const SOONEST_MS = 250;

/** Sends the webhooks in the outbox, until each has arrived or was tried often enough. Where they are off it does nothing. */
@Injectable()
export class WebhookDispatcher implements OnModuleInit, BeforeApplicationShutdown {
  readonly #lines = new BoundedLines(new Logger('Webhooks'));
  #timer: NodeJS.Timeout | null = null;
  #working: Promise<void> | null = null;
  #isWanted = false;
  #isStopped = false;

  constructor(
    private readonly outbox: WebhookOutbox,
    private readonly sender: AlertSender,
  ) {}

  /** Whether something is being sent, or looked for. */
  get isWorking(): boolean {
    return this.#working !== null;
  }

  onModuleInit(): void {
    this.wake();
  }

  /** There may be one to send. */
  wake(): void {
    if (!this.sender.isOn || this.#isStopped) return;
    this.#isWanted = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#working ??= this.#work();
  }

  /** What is being sent has its time; the rest is in the database. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#working;
    this.#lines.flush();
  }

  /** Never throws. */
  async #work(): Promise<void> {
    let nextMs = LOOK_MS;
    try {
      while (this.#isWanted && !this.#isStopped) {
        this.#isWanted = false;
        await this.#sendDue();
      }
      nextMs = (await this.outbox.nextDueMs()) ?? LOOK_MS;
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'unknown';
      this.#lines.warn('The webhooks that wait cannot be read or written down now', {}, { reason });
    } finally {
      this.#working = null;
    }
    if (this.#isStopped) return;
    if (this.#isWanted) {
      this.wake();
      return;
    }
    const waitMs = Math.min(LOOK_MS, Math.max(SOONEST_MS, nextMs));
    this.#timer = setTimeout(() => this.wake(), waitMs).unref();
  }

  async #sendDue(): Promise<void> {
    for (;;) {
      const claimed = this.#isStopped ? [] : await this.outbox.claim(AT_ONCE, LEASE_MS);
      await Promise.all(claimed.map((webhook) => this.#send(webhook)));
      if (claimed.length < AT_ONCE) return;
    }
  }

  async #send(webhook: ClaimedWebhook): Promise<void> {
    const result = await this.sender.send(webhook);
    if (result.hasArrived) {
      webhookTried.tell({ outcome: 'DELIVERED' });
      await this.outbox.remove(webhook);
      return;
    }
    const { reason } = result;
    const pauseMs = pauseAfter(webhook.attempts);
    webhookTried.tell({ outcome: pauseMs === null ? 'GIVEN_UP' : 'FAILED' });
    const details = { webhookId: webhook.id, attempts: webhook.attempts };
    if (pauseMs === null) {
      this.#lines.warn('A webhook was given up: the audit trail has what it tells of', { reason }, details);
      await this.outbox.remove(webhook);
    } else {
      this.#lines.warn('A webhook did not arrive. It is tried again', { reason }, details);
      await this.outbox.postpone(webhook, pauseMs);
    }
  }
}
