import { acceptsParts } from './accepts-parts.js';

describe('acceptsParts', () => {
  it.each([
    // Apollo Client, iOS, Kotlin.
    'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9',
    'multipart/mixed;subscriptionSpec=1.0,application/json',
    'multipart/mixed;subscriptionSpec=1.0, application/json',
    'multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"',
    'application/json, Multipart/Mixed; SubscriptionSpec=1.0',
  ])('knows who does: %s', (accept) => {
    expect(acceptsParts(accept)).toBe(true);
  });

  it.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'multipart/mixed',
    'multipart/mixed;deferSpec=20220824, application/json',
    'multipart/mixed;subscriptionSpec=2.0',
    'application/json;subscriptionSpec=1.0',
    'multipart/mixed, application/json;subscriptionSpec=1.0',
  ])('and who does not: %s', (accept) => {
    expect(acceptsParts(accept)).toBe(false);
  });
});
