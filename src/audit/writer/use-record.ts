import { v7 as uuidv7 } from 'uuid';
import type { NewAuditEvent } from '../audit.repository.js';

/** What the trail says of a key's use for a list of models, in `detail`. */
export const MODELS = 'models';

/** What a use of a key changes in the key's own row, which is its owner's. */
export type KeyChange = { readonly keyId: string } & (
  | {
      readonly type: 'USED';
      /** What a chat may need of them; null for a search. */
      readonly tokens: TokenDemand | null;
      /** What it may cost; null for a search, and where the key's month has no amount. */
      readonly cost: CostDemand | null;
    }
  /** Models were listed with it: the month does not count that. */
  | { readonly type: 'LISTED' }
  /** @property digest names the envelope that did not open */
  | { readonly type: 'DAMAGED'; readonly digest: string }
  | {
      readonly type: 'ENDED';
      /** What the end says of the key; null where it says nothing. */
      readonly verdict: HealthVerdict | null;
      /** Of a chat. */
      readonly settlement: Settlement | null;
    }
);

/** An end that says nothing of the key, neither of its health nor of what it has used, need not wait for the key's row. */
export const touchesRow = (key: KeyChange): boolean =>
  key.type !== 'ENDED' || key.verdict !== null || typeof key.settlement?.tokens === 'number';

/** An estimate, before a provider is called. */
export interface TokenDemand {
  readonly input: number;
  /** The most that the model may write; null where the request does not say so. */
  readonly output: number | null;
}

/** What a chat may cost, at list prices: picodollars, so many for its input, and for each token of its output. */
export interface CostDemand {
  readonly input: bigint;
  readonly outputToken: bigint;
}

export interface HealthVerdict {
  readonly health: string;
  readonly reason: string | null;
}

/** What becomes of what was reserved when the key was used. */
export interface Settlement {
  readonly chatId: string;
  /** What the chat has used; null where nobody knows: then the reserved ones stay counted. */
  readonly tokens: number | null;
  /** What that costs, in dollars, as exact decimal text; null where nobody knows: then a reserved amount stays counted. */
  readonly cost: string | null;
  /** When the key's use began: they count in its month. */
  readonly beganAt: Date;
}

/** What is written down of one use of a key: all of it, or nothing. It may be written twice, and is there once. */
export interface UseRecord {
  readonly userId: string;
  /** The id of its row in the trail. */
  readonly id: string;
  readonly at: Date;
  /** Null where the trail has nothing to say: of a use for which another takes its place. */
  readonly event: NewAuditEvent | null;
  readonly key: KeyChange | null;
  /** What is not written down, and what the rules that watch the trail want to know. */
  readonly origin?: UseOrigin;
}

/** Where a use comes from, and what came of its key. */
export interface UseOrigin {
  /** The request's, as `192.0.2.0/24`; null where nobody knows. */
  readonly network: string | null;
  /** Of the key, where the record has no event. */
  readonly provider?: string;
  /** Why the key could not be read, where that points to whoever changes the database. */
  readonly fault?: 'DAMAGED' | 'ENCRYPTION_KEY_RETIRED' | null | undefined;
}

/**
 * `KNOWN`: the trail has the end of this chat, or this very record, already. `KEY_GONE`: the key is no longer ACTIVE, or
 * its month has an amount and the record no cost, and nothing was written. `OVER_LIMIT`: the key's month has not so much left, and nothing was written.
 */
export type UseOutcome = 'WRITTEN' | 'KNOWN' | 'KEY_GONE' | 'OVER_LIMIT';

/** A record of what happens now. */
export const newUseRecord = (
  userId: string,
  content: Pick<UseRecord, 'event' | 'key' | 'origin'>,
): UseRecord => ({
  userId,
  id: uuidv7(),
  at: new Date(),
  ...content,
});
