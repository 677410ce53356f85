import { Inject, Injectable } from '@nestjs/common';
import { Lifecycle } from '../common/lifecycle.js';
import { type DatabaseReadiness, DatabaseService } from '../prisma/database.service.js';
import { RedisConnection } from '../redis/redis-connection.js';

/** What `/readyz` says. A server that is degraded serves all requests but those that need what is away. */
export interface Readiness {
  readonly status: 'ok' | 'degraded' | 'unavailable';
  readonly checks: {
    readonly database: DatabaseReadiness;
    readonly server: 'READY' | 'DRAINING';
    /** Left out without `REDIS_URL`. */
    readonly redis?: 'READY' | 'UNAVAILABLE';
  };
}

@Injectable()
export class HealthService {
  constructor(
    private readonly database: DatabaseService,
    private readonly lifecycle: Lifecycle,
    @Inject(RedisConnection) private readonly redis: RedisConnection | null,
  ) {}

  async readiness(): Promise<Readiness> {
    const [database, redis] = await Promise.all([this.database.check(), this.redis?.check()]);
    const server = this.lifecycle.draining ? 'DRAINING' : 'READY';
    return {
      status: statusOf(database === 'READY' && server === 'READY', redis),
      checks: { database, server, ...(redis && { redis }) },
    };
  }
}

function statusOf(isReady: boolean, redis: 'READY' | 'UNAVAILABLE' | undefined): Readiness['status'] {
  if (!isReady) return 'unavailable';
  return redis === 'UNAVAILABLE' ? 'degraded' : 'ok';
}
