import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { OpenTokens } from '../auth/open-tokens.js';
import { DatabaseService } from '../prisma/database.service.js';
import { selectThere } from './access-token-statements.js';

/** In milliseconds: what was revoked elsewhere ends well within five seconds. */
const INTERVAL_MS = 2_000;

/**
 * Looks whether the tokens that have something open on this server are still there, with one statement for all of them.
 * That is how a server hears of what another one, or a command, has revoked: it needs nothing but the database that they
 * share. While that is away nothing can be revoked, and nothing is closed.
 */
@Injectable()
export class RevocationCheck implements OnModuleInit, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #isChecking = false;

  constructor(
    private readonly openTokens: OpenTokens,
    private readonly database: DatabaseService,
  ) {}

  onModuleInit(): void {
    this.#timer = setInterval(() => void this.check(), INTERVAL_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Never throws. */
  async check(): Promise<void> {
    const { ids } = this.openTokens;
    if (this.#isChecking || ids.length === 0) return;
    this.#isChecking = true;
    try {
      const rows = await this.database.run<{ id: string }>(selectThere, [ids]);
      const there = new Set(rows.map(({ id }) => id));
      for (const id of ids) if (!there.has(id)) this.openTokens.revoke(id);
    } catch {
      // The database has said so itself. The next time is soon.
    } finally {
      this.#isChecking = false;
    }
  }
}
