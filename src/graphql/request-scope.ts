import { AsyncLocalStorage } from 'node:async_hooks';
import type { DocumentNode } from 'graphql';

/** What belongs to the HTTP request under way, for the parts of Apollo that are given no request. */
interface RequestScope {
  readonly requestId: string;
  /**
   * What it asks to run, read and found valid; null where it asks for nothing, and when it is answered: the timers of a
   * connection keep the scope in which they began, and a key may stand in a document's text.
   */
  document: DocumentNode | null;
}

export const requestScope = new AsyncLocalStorage<RequestScope>();
