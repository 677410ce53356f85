import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../config/config.js';
import { AttachmentsRepository } from './attachments.repository.js';

/** How often a server looks for attachments that have expired, in milliseconds. */
const ROUND_MS = 60_000;

/** Removes attachments when nothing uses them any more: a chat that began before one expired may still read it. */
@Injectable()
export class AttachmentSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(AttachmentSweeper.name);
  #timer: NodeJS.Timeout | null = null;
  #isSweeping = false;

  constructor(
    private readonly repository: AttachmentsRepository,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.#sweepSafely(), ROUND_MS).unref();
  }

  onApplicationShutdown(): void {
    if (this.#timer) clearInterval(this.#timer);
  }

  /** @returns how many were removed @throws DatabaseUnavailableError SERVICE_UNAVAILABLE */
  async sweep(now = new Date()): Promise<number> {
    const before = new Date(now.getTime() - this.config.chat.maxDurationMs);
    let total = 0;
    for (;;) {
      const removed = await this.repository.removeExpired(before);
      if (removed === 0) return total;
      total += removed;
    }
  }

  async #sweepSafely(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    // The next round tries again.
    await this.sweep().catch((error: unknown) =>
      this.#logger.warn({ err: error }, 'Expired attachments could not be removed. It is tried again'),
    );
    this.#isSweeping = false;
  }
}
