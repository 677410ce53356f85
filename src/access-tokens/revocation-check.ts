import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { OpenTokens } from '../auth/open-tokens.js';
import { AccessTokenVerifier } from './access-token-verifier.js';
import { DatabaseService } from '../prisma/database.service.js';
import { selectThere } from './access-token-statements.js';

/** In milliseconds: what was revoked elsewhere ends well within five seconds. */
const INTERVAL_MS = 1_000;

/**
 * Looks whether the tokens that have something open on this server are still there, with one statement for all of them.
 * That is how a server hears of what another one, or a command, has revoked: it needs nothing but the database that they
 * share. While that is away nothing can be revoked, and nothing is closed.
 */
@Injectable()
export class RevocationCheck implements OnModuleInit, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  readonly #logger = new Logger(RevocationCheck.name);
  #isChecking = false;

  constructor(
    private readonly openTokens: OpenTokens,
    private readonly verifier: AccessTokenVerifier,
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
      // It waits behind no requests: they may be those of the token that was revoked.
      const rows = await this.database.run<{ id: string }>(selectThere, [ids], { isUrgent: true });
      const there = new Set(rows.map(({ id }) => id));
      this.verifier.forget(ids.filter((id) => !there.has(id)));
    } catch (error) {
      this.#logger.warn({ err: error }, 'Access tokens that are in use could not be checked for revocation');
    } finally {
      this.#isChecking = false;
    }
  }
}
