import { Injectable } from '@nestjs/common';
import { Lifecycle } from '../common/lifecycle.js';
import { type DatabaseReadiness, DatabaseService } from '../prisma/database.service.js';

/** What `/readyz` says. */
export interface Readiness {
  readonly status: 'ok' | 'unavailable';
  readonly checks: {
    readonly database: DatabaseReadiness;
    readonly server: 'READY' | 'DRAINING';
  };
}

@Injectable()
export class HealthService {
  constructor(
    private readonly database: DatabaseService,
    private readonly lifecycle: Lifecycle,
  ) {}

  async readiness(): Promise<Readiness> {
    const database = await this.database.check();
    const server = this.lifecycle.draining ? 'DRAINING' : 'READY';
    const ready = database === 'READY' && server === 'READY';
    return { status: ready ? 'ok' : 'unavailable', checks: { database, server } };
  }
}
