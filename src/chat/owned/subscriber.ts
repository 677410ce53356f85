import type { KeyCaller } from '../../keys/key-decisions.service.js';

/** Where a subscription comes from. */
export interface Subscriber extends KeyCaller {
  /** Null where the door has no connections of several. */
  readonly connectionId: string | null;
  /** Aborts when its connection is lost or closes. */
  readonly connection: AbortSignal;
  /** Aborts when that leaves a client that may come back for its chat; one that leaves without it stops the chat. */
  readonly lost: AbortSignal;
  /** It repeats its request by itself when it has left: that begins another chat, where else the one that it stopped is met. */
  readonly repeats?: true;
  /** As errors and the log name its request. */
  readonly requestId: string;
  /** Its client's name for it; null where the door has none. */
  readonly operationId: string | null;
}
