import { Secret } from '../common/secret.js';
import { openedKeyOf } from './opened-key-of.js';

const endpoint = { name: 'home', baseUrl: 'https://home.example/v1' };

describe('the way of a key, as its record says', () => {
  it("is the operator's address for a provider's key", () => {
    const secret = Secret.fromText('a-key-of-nobody');
    expect(openedKeyOf({ provider: 'OPENAI', endpoint: null }, secret)).toEqual({
      provider: 'OPENAI',
      source: 'USER',
      secret,
      endpoint: null,
    });
  });

  it("is the endpoint's own address for an endpoint's key", () => {
    const key = openedKeyOf({ provider: 'CUSTOM', endpoint }, Secret.fromText('a-key-of-nobody'));
    expect([key.source, key.endpoint?.baseUrl]).toEqual(['USER', endpoint.baseUrl]);
  });

  it.each([
    ['an endpoint of a provider with an address', { provider: 'OPENAI', endpoint }],
    ['no endpoint', { provider: 'CUSTOM', endpoint: null }],
    ['an address that is none', { provider: 'CUSTOM', endpoint: { name: 'home', baseUrl: 'ftp://a' } }],
  ] as const)('is none where the record has %s, and the secret is destroyed', (_, place) => {
    const secret = Secret.fromText('a-key-of-nobody');
    expect(() => openedKeyOf(place, secret)).toThrow();
    expect(() => secret.reveal()).toThrow();
  });
});
