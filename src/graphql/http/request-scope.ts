import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
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

const storage = new AsyncLocalStorage<RequestScope>();
let open = 0;

/** The scope of the request under way; undefined outside one. */
export const currentScope = (): RequestScope | undefined => storage.getStore();

/**
 * Runs what answers a request, in a scope of its own until the response is closed.
 *
 * While one is open, Node 20 looks after every promise of the process, those of chats included; so none is left open.
 */
export function runInScope(
  { requestId, document }: RequestScope,
  response: ServerResponse,
  answer: () => void,
): void {
  const scope = { requestId, document };
  open += 1;
  response.once('close', () => {
    scope.document = null;
    open -= 1;
    if (open === 0) storage.disable();
  });
  storage.run(scope, answer);
}
