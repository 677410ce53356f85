import { Inject, Injectable } from '@nestjs/common';
import { Lifecycle } from '../common/lifecycle.js';
import { Admission } from '../limits/admission.js';
import { type DatabaseReadiness, DatabaseService } from '../prisma/database.service.js';
import { RedisConnection } from '../redis/redis-connection.js';

/**
 * What `/readyz` says. A server that is degraded serves all requests but those that need what is away; one that is busy
 * refuses some of the chats and searches that it is asked for.
 */
export interface Readiness {
  readonly status: 'ok' | 'degraded' | 'busy' | 'unavailable';
  readonly checks: {
    readonly database: DatabaseReadiness;
    readonly server: 'READY' | 'DRAINING' | 'BUSY' | 'OVERLOADED';
    /** Left out without `REDIS_URL`. */
    readonly redis?: 'READY' | 'UNAVAILABLE';
  };
}

@Injectable()
export class HealthService {
  constructor(
    private readonly database: DatabaseService,
    private readonly lifecycle: Lifecycle,
    private readonly admission: Admission,
    @Inject(RedisConnection) private readonly redis: RedisConnection | null,
  ) {}

  async readiness(): Promise<Readiness> {
    const [database, redis] = await Promise.all([this.database.check(), this.redis?.check()]);
    const server: Readiness['checks']['server'] = this.lifecycle.draining ? 'DRAINING' : this.admission.load;
    const checks = { database, server, ...(redis && { redis }) };
    return { status: statusOf(checks), checks };
  }
}

function statusOf({ database, server, redis }: Readiness['checks']): Readiness['status'] {
  if (database !== 'READY' || server === 'DRAINING' || server === 'OVERLOADED') return 'unavailable';
  if (server === 'BUSY') return 'busy';
  return redis === 'UNAVAILABLE' ? 'degraded' : 'ok';
}
