import { pagePolicy } from './page-policy.js';

describe("the policy of GraphiQL's page", () => {
  it('lets it talk to this server alone, over HTTP and WebSocket', () => {
    expect(pagePolicy('[::1]:4000')).toContain(
      "connect-src 'self' ws://[::1]:4000 wss://[::1]:4000; base-uri 'none'",
    );
  });

  it('names no host that is none', () => {
    expect(pagePolicy("x; script-src 'unsafe-inline'")).toContain("connect-src 'self'; base-uri 'none'");
  });
});
