import { Injectable } from '@nestjs/common';
import type { DatabaseClient } from '../prisma/prisma-client.js';
import { AuditRepository, type NewAuditEvent } from './audit.repository.js';

/**
 * Writes what was done to keys into the audit trail; what they were used for is the `UseWriter`'s.
 *
 * Invariant: every method takes the transaction of the change that it reports, so that neither exists without the
 * other. The trail holds no prompt, no answer and no key.
 */
@Injectable()
export class AuditService {
  constructor(private readonly events: AuditRepository) {}

  async append(userId: string, events: readonly NewAuditEvent[], transaction: DatabaseClient): Promise<void> {
    await this.events.append(userId, events, transaction);
  }
}
