import { print } from 'graphql-sse';

/** How the results of a subscription are written into the body of an answer. */
export interface StreamEncoding {
  readonly contentType: string;
  /** The body begins with it: some browsers believe in an answer only then. */
  readonly begin: string;
  /** Means nothing, and shows that the connection is there. */
  readonly ping: string;
  /** @param json a result */
  readonly next: (json: string) => string;
  /** The last word. A body without it was cut. */
  readonly end: string;
}

const COMMENT = ':\n\n';

/**
 * Events of graphql-sse's distinct connections mode.
 * https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode
 */
export const serverSentEvents: StreamEncoding = {
  contentType: 'text/event-stream; charset=utf-8',
  begin: COMMENT,
  ping: COMMENT,
  next: (json) => `event: next\ndata: ${json}\n\n`,
  end: print({ event: 'complete', data: null }),
};

const BOUNDARY = 'graphql';

/** Its boundary is written with it: clients read a part when they see where the next one begins. */
const part = (json: string): string => `\r\ncontent-type: application/json\r\n\r\n${json}\r\n--${BOUNDARY}`;

/**
 * Parts of Apollo's protocol for subscriptions over HTTP.
 * https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
 */
export const parts: StreamEncoding = {
  contentType: `multipart/mixed;boundary="${BOUNDARY}";subscriptionSpec=1.0`,
  begin: `\r\n--${BOUNDARY}${part('{}')}`,
  ping: part('{}'),
  next: (json) => part(`{"payload":${json}}`),
  end: '--\r\n',
};
