import { wholeNumber } from './parsers.js';
import type { DefaultedVariable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

/** How much users may do. Each is a number of one user's, but for `streamsPerServer`; 0: no limit. */
export interface LimitsConfig {
  /** Streams at once. */
  readonly streamsPerUser: number;
  /** Streams at once on one server, of all users. */
  readonly streamsPerServer: number;
  readonly chatsPerMinute: number;
  readonly searchesPerMinute: number;
  /** Mutations of stored keys. */
  readonly keyChangesPerMinute: number;
}

const limit = wholeNumber(0, 1_000_000);

export const limitsVariables = {
  streamsPerUser: {
    name: 'LIMIT_STREAMS_PER_USER',
    meaning: 'streams that one user may have at once; 0: no limit',
    default: '20',
    parse: limit,
  } satisfies DefaultedVariable<number>,
  streamsPerServer: {
    name: 'LIMIT_STREAMS_PER_SERVER',
    meaning: 'streams that one server runs at once; 0: no limit',
    default: '10000',
    parse: limit,
  } satisfies DefaultedVariable<number>,
  chatsPerMinute: {
    name: 'LIMIT_CHATS_PER_MINUTE',
    meaning: 'chats that one user may begin in any minute; 0: no limit',
    default: '120',
    parse: limit,
  } satisfies DefaultedVariable<number>,
  searchesPerMinute: {
    name: 'LIMIT_SEARCHES_PER_MINUTE',
    meaning: 'web searches that one user may make in any minute; 0: no limit',
    default: '60',
    parse: limit,
  } satisfies DefaultedVariable<number>,
  keyChangesPerMinute: {
    name: 'LIMIT_KEY_CHANGES_PER_MINUTE',
    meaning: 'mutations of stored keys that one user may make in any minute; 0: no limit',
    default: '60',
    parse: limit,
  } satisfies DefaultedVariable<number>,
};

export function readLimits(reader: VariableReader): LimitsConfig {
  return {
    streamsPerUser: reader.read(limitsVariables.streamsPerUser),
    streamsPerServer: reader.read(limitsVariables.streamsPerServer),
    chatsPerMinute: reader.read(limitsVariables.chatsPerMinute),
    searchesPerMinute: reader.read(limitsVariables.searchesPerMinute),
    keyChangesPerMinute: reader.read(limitsVariables.keyChangesPerMinute),
  };
}
