import { Answer } from './answer.mjs';
import { Subscription } from './operation.mjs';
import { authorization } from './token.mjs';

/** @typedef {{ query: string, operationName?: string | null, variables?: any }} Request */

const { graphqlWs } = window;

const socketUrl = new URL('/graphql', window.location.href);
socketUrl.protocol = socketUrl.protocol.replace('http', 'ws');

const socket = graphqlWs.createClient({
  url: socketUrl.href,
  connectionParams: authorization,
  // A chat that is subscribed to again is paid for again.
  retryAttempts: 0,
});

/**
 * Sends what GraphiQL wants to know: subscriptions over WebSocket, all else over HTTP. What the user runs, unlike
 * GraphiQL's own introspection, is shown on the page as well.
 *
 * @param {Request} request
 * @param {{ documentAST?: unknown }} [options]
 * @returns {any} a promise, or an observable
 */
export function fetcher(request, options = {}) {
  const isOwnQuestion = !('documentAST' in options);
  if (isOwnQuestion) return post(request);
  const answer = new Answer();
  const subscription = Subscription.in(request);
  if (subscription === null) return postFor(answer, request);
  return {
    /** @param {import('graphql-ws').Sink<any>} observer */
    subscribe: (observer) => ({ unsubscribe: subscribe(answer, subscription, request, observer) }),
  };
}

/** @param {Answer} answer @param {Request} request */
async function postFor(answer, request) {
  try {
    const result = await post(request);
    answer.showResult(result);
    return result;
  } catch (error) {
    answer.showErrors([/** @type {Error} */ (error)]);
    throw error;
  }
}

/** @param {Request} request */
async function post(request) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization() },
    body: JSON.stringify(request),
  }).catch(() => {
    throw new Error('The server does not answer.');
  });
  return response.json().catch(() => {
    throw new Error(`The server answered ${response.status} ${response.statusText}, and no JSON.`);
  });
}

/**
 * @param {Answer} answer
 * @param {Subscription} subscription
 * @param {Request} request
 * @param {import('graphql-ws').Sink<any>} observer
 */
function subscribe(answer, subscription, request, observer) {
  const unsubscribe = socket.subscribe(
    { ...request, query: subscription.query },
    {
      next(result) {
        for (const event of subscription.eventsIn(result.data)) answer.showEvent(event);
        if (result.errors) answer.showErrors(result.errors);
        observer.next(subscription.withoutAdditions(result));
      },
      error(error) {
        const errors = Array.isArray(error) ? error : [explain(error)];
        answer.showErrors(errors);
        observer.error(errors.length === 1 ? errors[0] : errors);
      },
      complete() {
        answer.complete();
        observer.complete();
      },
    },
  );
  return () => {
    answer.stop();
    unsubscribe();
  };
}

/** @param {unknown} error graphql-ws gives the event with which the socket was closed */
function explain(error) {
  if (!(error instanceof window.CloseEvent)) return { message: 'The connection to the server failed.' };
  if (error.code === graphqlWs.CloseCode.Forbidden) {
    return { message: 'The server needs a valid token: paste one above.' };
  }
  return { message: `The connection was closed: ${error.code} ${error.reason || 'without a reason'}` };
}
