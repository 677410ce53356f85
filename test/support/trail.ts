import { AuditKeyring } from '../../src/audit/chain/audit-keyring.js';
import { AuditTrail } from '../../src/audit/chain/audit-trail.js';
import {
  type SealedEvent,
  textsOf,
  type TrailContent,
  type TrailPlace,
} from '../../src/audit/chain/trail-event.js';
import type { DatabaseService } from '../../src/prisma/database.service.js';
import { vaultOf } from './sealed-keys.js';

export const TRAIL_VAULT_KEY = '5'.repeat(64);

/** The trail of a server without the rest of it. */
export async function openTrail(database: DatabaseService): Promise<AuditTrail> {
  return new AuditTrail(database, await openKeyring(database));
}

export async function openKeyring(database: DatabaseService): Promise<AuditKeyring> {
  const keyring = new AuditKeyring(database, vaultOf(TRAIL_VAULT_KEY));
  await keyring.load();
  return keyring;
}

/** A trail whose rows are written nowhere. */
export const unkeptTrail = {
  sealAt: (place: TrailPlace, content: TrailContent): SealedEvent => ({
    id: place.id,
    mac: '',
    texts: textsOf(content, place),
    keyGeneration: 1,
  }),
  write: (_events: readonly SealedEvent[], operation: () => Promise<unknown>) => operation(),
} as unknown as AuditTrail;
