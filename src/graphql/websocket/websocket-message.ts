import { CloseCode, type Message, MessageType, validateMessage } from 'graphql-ws';
import { isJsonObject } from '../../common/is-json-object.js';
import { isTooComplex, TOO_COMPLEX } from '../../common/nesting.js';
import { idsIn } from '../every-door/requested-operation.js';

/** Why a connection is closed for what its client sent: a close code, and a reason in our own words. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
}

/** The longest message before a good token: connection_init with a token, and some room. */
const MAX_BYTES_BEFORE_TOKEN = 64 * 1024;

/** Characters of an operation's id: every message about it repeats it, each delta of a chat among them. */
const MAX_ID_LENGTH = 1_000;

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
  if (isTooComplex(text)) {
    return { code: CloseCode.BadRequest, reason: `A message is ${TOO_COMPLEX}` };
  }
  const message = validMessage(text);
  if (message === null) return { code: CloseCode.BadRequest, reason: 'Invalid message received' };
  if ('id' in message && message.id.length > MAX_ID_LENGTH) {
    return { code: CloseCode.BadRequest, reason: `An id is longer than ${MAX_ID_LENGTH} characters` };
  }
  return message;
}

/** @returns null for what is no message: the words of what reads it quote what was sent */
function validMessage(text: string): Message | null {
  try {
    return validateMessage(withText(JSON.parse(text)));
  } catch {
    return null;
  }
}

/** What names its operation by an id may lack the text, which the protocol wants. */
function withText(message: unknown): unknown {
  if (!isJsonObject(message) || message.type !== MessageType.Subscribe) return message;
  const { payload } = message;
  if (!isJsonObject(payload) || !isAbsent(payload.query) || idsIn(payload).length === 0) return message;
  return { ...message, payload: { ...payload, query: '' } };
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null;
