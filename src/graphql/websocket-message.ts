import { CloseCode, type Message, validateMessage } from 'graphql-ws';
import { isNestedTooDeeply, MAX_NESTING } from '../common/nesting.js';

/** Why a connection is closed for what its client sent: a close code, and a reason in our own words. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
}

/** The longest that is read of one whom nobody knows yet: a token in connection_init, with room around it. */
const MAX_BYTES_BEFORE_TOKEN = 64 * 1024;

/**
 * Reads one message of the sub-protocol graphql-transport-ws, once: what it holds is never made a text again.
 * https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
 *
 * @param isKnown whether the client has brought a good token
 */
export function readMessage(data: Buffer, isKnown: boolean): Message | Refusal {
  if (!isKnown && data.length > MAX_BYTES_BEFORE_TOKEN) {
    return { code: CloseCode.Unauthorized, reason: 'Only connection_init may come before connection_ack' };
  }
  const text = data.toString();
  if (isNestedTooDeeply(text)) {
    return { code: CloseCode.BadRequest, reason: `A message is nested deeper than ${MAX_NESTING} levels` };
  }
  try {
    return validateMessage(JSON.parse(text));
  } catch {
    // The words of both quote what was sent.
    return { code: CloseCode.BadRequest, reason: 'Invalid message received' };
  }
}
