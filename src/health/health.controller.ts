import { Controller, Get, Header, HttpCode, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { HealthService, type Readiness } from './health.service.js';

@Controller()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** Alive: the process answers. */
  @Get('healthz')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  isAlive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Ready: the database answers, its migrations are applied, and the server is not stopping. Degraded: without Redis. Busy: it refuses some. */
  @Get('readyz')
  @Header('cache-control', 'no-store')
  async isReady(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const readiness = await this.health.readiness();
    void reply.code(readiness.status === 'unavailable' ? 503 : 200);
    return readiness;
  }
}
