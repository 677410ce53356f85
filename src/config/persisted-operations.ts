import { readFileSync, statSync } from 'node:fs';
import { isJsonObject } from '../common/is-json-object.js';
import { systemErrorCode } from './system-error.js';
import { InvalidValueError, type Variable } from './variable.js';

/** One operation of the operator's list. */
export interface PersistedOperation {
  readonly id: string;
  /** Whether it is of this type, and valid, is seen when the schema is there. */
  readonly type: OperationType;
  readonly body: string;
}

const operationTypes = ['query', 'mutation', 'subscription'] as const;
type OperationType = (typeof operationTypes)[number];

/** Thousands of operations: more is no list of an application's. */
const MAX_BYTES = 16 * 1024 * 1024;
const FORMAT = 'apollo-persisted-query-manifest';
const VERSION = 1;
/** Mistakes that are reported. */
const MOST_MISTAKES = 10;

/** https://www.apollographql.com/docs/graphos/platform/security/persisted-queries#manifest-format */
export const persistedOperations: Variable<readonly PersistedOperation[]> = {
  name: 'PERSISTED_OPERATIONS',
  meaning: "path of Apollo's manifest of the only operations that run; unset: any may",
  default: null,
  parse: (path) => readManifest(readJson(path)),
};

function readJson(path: string): unknown {
  try {
    return JSON.parse(readText(path));
  } catch (error) {
    if (error instanceof SyntaxError) throw new InvalidValueError('names a file that is not JSON');
    const code = systemErrorCode(error);
    throw code === null ? error : new InvalidValueError(`names a file that cannot be read (${code})`);
  }
}

function readText(path: string): string {
  const status = statSync(path);
  if (!status.isFile()) throw new InvalidValueError('must name a file, not a folder or a device');
  if (status.size > MAX_BYTES) throw new InvalidValueError(`names a file of more than ${MAX_BYTES} bytes`);
  return readFileSync(path, 'utf8');
}

function readManifest(manifest: unknown): readonly PersistedOperation[] {
  if (!isJsonObject(manifest) || manifest.format !== FORMAT || manifest.version !== VERSION) {
    throw new InvalidValueError(`must name a file with "format": "${FORMAT}" and "version": ${VERSION}`);
  }
  const { operations } = manifest;
  if (!Array.isArray(operations) || operations.length === 0) {
    throw new InvalidValueError('names a file without operations');
  }
  const places = new Map<unknown, number>();
  const mistakes = operations.flatMap((operation: unknown, index) => {
    const place = index + 1;
    const mistake = findMistake(operation);
    if (mistake !== null) return [`operation ${place} of its file ${mistake}`];
    const { id } = operation as PersistedOperation;
    const earlier = places.get(id);
    places.set(id, place);
    return earlier === undefined ? [] : [`operation ${place} of its file has the id of operation ${earlier}`];
  });
  if (mistakes.length > 0) throw new InvalidValueError(...mistakes.slice(0, MOST_MISTAKES));
  return (operations as readonly PersistedOperation[]).map(({ id, type, body }) => ({ id, type, body }));
}

function findMistake(operation: unknown): string | null {
  if (!isJsonObject(operation)) return 'is no object';
  const lacking = ['id', 'body'].find(
    (name) => typeof operation[name] !== 'string' || operation[name] === '',
  );
  if (lacking !== undefined) return `has no ${lacking}`;
  const isKnown = operationTypes.some((type) => type === operation.type);
  return isKnown ? null : `must have one of these types: ${operationTypes.join(', ')}`;
}
