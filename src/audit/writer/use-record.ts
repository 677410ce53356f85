import { v7 as uuidv7 } from 'uuid';
import type { NewAuditEvent } from '../audit.repository.js';

/** What a use of a key changes in the key's own row, which is its owner's. */
export type KeyChange = { readonly keyId: string } & (
  | { readonly type: 'USED' }
  /** @property digest names the envelope that did not open */
  | { readonly type: 'DAMAGED'; readonly digest: string }
  | { readonly type: 'CHECKED'; readonly health: string; readonly reason: string | null }
);

/** What is written down of one use of a key: all of it, or nothing. It may be written twice, and is there once. */
export interface UseRecord {
  readonly userId: string;
  /** The id of its row in the trail. */
  readonly id: string;
  readonly at: Date;
  /** Null where the trail has nothing to say: of a use for which another takes its place. */
  readonly event: NewAuditEvent | null;
  readonly key: KeyChange | null;
}

/**
 * `KNOWN`: the trail has the end of this chat, or this very record, already. `KEY_GONE`: the key is no longer ACTIVE, and
 * nothing was written.
 */
export type UseOutcome = 'WRITTEN' | 'KNOWN' | 'KEY_GONE';

/** A record of what happens now. */
export const newUseRecord = (userId: string, content: Pick<UseRecord, 'event' | 'key'>): UseRecord => ({
  userId,
  id: uuidv7(),
  at: new Date(),
  ...content,
});
