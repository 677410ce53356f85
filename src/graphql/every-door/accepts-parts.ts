/**
 * Whether a client takes a subscription's results as parts of one answer, by Apollo's protocol for subscriptions over
 * HTTP, version 1.0. https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
 *
 * @param accept the header Accept
 */
export const acceptsParts = (accept: string | undefined): boolean =>
  accept?.split(',').some(isOfParts) === true;

function isOfParts(range: string): boolean {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  return type === 'multipart/mixed' && parameters.some((parameter) => VERSIONS.has(parameter));
}

const VERSIONS: ReadonlySet<string> = new Set(['subscriptionspec=1.0', 'subscriptionspec="1.0"']);
