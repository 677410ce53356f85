import { isJsonObject } from '../../common/is-json-object.js';

/** How a request says which operation it wants: by its text, by an id, or by both. What it gives may be anything. */
export interface RequestedOperation {
  readonly query?: string | null | undefined;
  /** https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md */
  readonly documentId?: unknown;
  /** Apollo's `persistedQuery` stands in it. */
  readonly extensions?: unknown;
}

/** All ids by which a request names its operation. */
export function idsIn({ documentId, extensions }: RequestedOperation): unknown[] {
  const persisted = isJsonObject(extensions) ? extensions.persistedQuery : null;
  const hash = isJsonObject(persisted) ? persisted.sha256Hash : persisted;
  return [...(isGiven(documentId) ? [documentId] : []), ...(persisted ? [hash] : [])];
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
