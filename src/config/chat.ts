import { milliseconds } from './parsers.js';
import type { DefaultedVariable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

export interface ChatConfig {
  /** Milliseconds after which a chat is ended, however lively. */
  readonly maxDurationMs: number;
  /** Milliseconds for which a chat that has ended can be resumed. */
  readonly retentionMs: number;
  /** Milliseconds for which a chat runs on without a watcher; 0: not at all. */
  readonly disconnectGraceMs: number;
}

export const chatVariables = {
  maxDurationMs: {
    name: 'CHAT_MAX_DURATION_MS',
    meaning: 'how long a chat may take, in milliseconds',
    default: '600000',
    parse: milliseconds(1),
  } satisfies DefaultedVariable<number>,
  retentionMs: {
    name: 'CHAT_RETENTION_MS',
    meaning: 'how long a chat can be resumed after its end, in milliseconds',
    default: '900000',
    parse: milliseconds(0),
  } satisfies DefaultedVariable<number>,
  disconnectGraceMs: {
    name: 'CHAT_DISCONNECT_GRACE_MS',
    meaning: 'how long a chat whose client is lost runs on, in milliseconds; 0: not at all',
    default: '30000',
    parse: milliseconds(0),
  } satisfies DefaultedVariable<number>,
};

export function readChat(reader: VariableReader): ChatConfig {
  return {
    maxDurationMs: reader.read(chatVariables.maxDurationMs),
    retentionMs: reader.read(chatVariables.retentionMs),
    disconnectGraceMs: reader.read(chatVariables.disconnectGraceMs),
  };
}
