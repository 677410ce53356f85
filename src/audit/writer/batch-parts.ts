import type { UseRecord } from './use-record.js';

/** What a batch of records holds: its statement has no parts for what is not there. */
export interface BatchParts {
  /** Keys are used. */
  readonly uses: boolean;
  /** Chats, searches and uses end. */
  readonly ends: boolean;
}

/** A record that did not open changes its key as a use does, and the trail as an end does. */
export function partsOf(records: Iterable<UseRecord>): BatchParts {
  let [uses, ends] = [false, false];
  for (const { key } of records) {
    uses ||= isUse(key) || key?.type === 'DAMAGED';
    ends ||= !isUse(key);
  }
  return { uses, ends };
}

const isUse = (key: UseRecord['key']): boolean => key?.type === 'USED' || key?.type === 'LISTED';
