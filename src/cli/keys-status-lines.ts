import { type RecordCount, totalOf } from '../sealed-records/count-records.js';
import { sealedKinds } from '../sealed-records/sealed-kinds.js';

/** What there is to know about the encryption keys of a database. */
export interface KeysStatus {
  readonly currentKeyId: string;
  /** Configured, and not retired. */
  readonly previousKeyIds: readonly string[];
  readonly retiredKeys: readonly { readonly id: string; readonly retiredAt: Date }[];
  readonly counts: readonly RecordCount[];
  /** What checkpoints of the audit trail are checked with, the newest last. */
  readonly verifiers: readonly string[];
  /** When the database began to name the current key; null where no server has started on it. */
  readonly changedAt: Date | null;
  /** How long a chat is in Redis at the most, in milliseconds; null without Redis. */
  readonly chatsMs: number | null;
  readonly now: Date;
}

/** @returns what to print, and whether every record can be opened as far as the keys go */
export function statusOf(status: KeysStatus): { readonly lines: string[]; readonly isGood: boolean } {
  const unopened = unopenedOf(status);
  const lines = [
    ...['', 'Encryption keys:', ...keysOf(status)],
    ...['', 'Sealed with them, in the database:', ...countsOf(status.counts)],
    ...['', `Derived from ENCRYPTION_KEY: ${derivedFrom(status)}`],
    ...['', 'Checkpoints of the audit trail are checked with:', ...verifiersOf(status)],
    ...['', ...verdictsOf(status), ...unopened],
  ];
  return { lines, isGood: unopened.length === 0 };
}

function keysOf({ currentKeyId, previousKeyIds, retiredKeys }: KeysStatus): string[] {
  return [
    `  ${currentKeyId}  current`,
    ...previousKeyIds.map((id) => `  ${id}  previous`),
    ...retiredKeys.map(({ id, retiredAt }) => `  ${id}  retired at ${retiredAt.toISOString()}`),
  ];
}

const verifiersOf = ({ verifiers }: KeysStatus): string[] =>
  verifiers.length === 0
    ? ['  no key yet']
    : verifiers.map(
        (verifier, place) => `  ${verifier}${place < verifiers.length - 1 ? '  (given up)' : ''}`,
      );

const countsOf = (counts: readonly RecordCount[]): string[] =>
  counts.length === 0
    ? ['  nothing']
    : counts.map(
        ({ kind, keyId, count, misnamed }) =>
          `  ${keyId === '' ? '(no record)' : keyId}  ${kind.name}: ${count}` +
          (misnamed > 0 ? ` (${misnamed} name another key in their column: npm run keys:rotate)` : ''),
      );

function derivedFrom({ chatsMs }: KeysStatus): string {
  const records = sealedKinds.map(({ name, table }) => `${name} (table ${table})`);
  const chats =
    chatsMs === null ? 'no chats in Redis (REDIS_URL is not set)' : `chats in Redis, for ${minutes(chatsMs)}`;
  return [...records, chats].join('; ');
}

function verdictsOf(status: KeysStatus): string[] {
  const { previousKeyIds, counts } = status;
  if (previousKeyIds.length === 0) return ['There is no previous key to retire.'];
  return previousKeyIds.map((id) => {
    const count = totalOf(counts.filter(({ keyId }) => keyId === id));
    return count > 0
      ? `${id} may not be retired: ${count} records are sealed with it. Run: npm run keys:rotate`
      : `${id} may be retired: npm run keys:retire -- ${id}${chatsUnder(status)}`;
  });
}

/** The first server that started with the current key changed the database's mind; others may have stopped later. */
function chatsUnder({ chatsMs, changedAt, now }: KeysStatus): string {
  if (chatsMs === null || changedAt === null) return '';
  const until = new Date(changedAt.getTime() + chatsMs);
  const restarted = `where every server had the current key by ${changedAt.toISOString()}`;
  return until > now
    ? `. Better wait: chats in Redis may be sealed with it until ${until.toISOString()}, ${restarted}`
    : `. No chat in Redis is sealed with it, ${restarted} or ${minutes(chatsMs)} ago`;
}

const minutes = (milliseconds: number): string => `${Math.ceil(milliseconds / 60_000)} minutes`;

function unopenedOf({ currentKeyId, previousKeyIds, retiredKeys, counts }: KeysStatus): string[] {
  const open = new Set([currentKeyId, ...previousKeyIds]);
  const retired = new Set(retiredKeys.map(({ id }) => id));
  return counts
    .filter(({ keyId }) => !open.has(keyId))
    .map(({ kind, keyId, count }) => {
      const which = `${kind.name} that do not open: ${count}`;
      if (keyId === '') return `${which}: they are no records`;
      return retired.has(keyId)
        ? `${which}: sealed with ${keyId}, which was retired. Old rows were put back`
        : `${which}: sealed with ${keyId}, which is not configured. Add it to ENCRYPTION_KEYS_PREVIOUS`;
    });
}
