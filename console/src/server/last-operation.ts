import type { DocumentNode } from 'graphql';

/** What the page asked the server last, to be shown as GraphQL. */
export interface LastOperation {
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * The context of operations with which a page only keeps itself up to date: what is shown stays what the person did.
 */
export const unremembered = { isUnremembered: true } as const;

let last: LastOperation | null = null;
const listeners = new Set<() => void>();

export const lastOperation = (): LastOperation | null => last;

export function onLastOperation(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Keys do not outlive their request: their place is taken by an ellipsis. Of attachments in a request, likewise. */
export function remember(document: DocumentNode, variables: Readonly<Record<string, unknown>>): void {
  last = { document, variables: withoutSecrets(variables) as Record<string, unknown> };
  for (const listener of listeners) listener();
}

export function forgetOperation(): void {
  last = null;
  for (const listener of listeners) listener();
}

const HIDDEN = new Set(['apiKey', 'data']);

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, HIDDEN.has(name) ? '…' : withoutSecrets(inner)]),
  );
}
