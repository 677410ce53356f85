import { readProviderMetadata, UnfitMetadataError } from './provider-metadata.js';

const issuer = 'https://id.example/tenant';
const good = {
  issuer,
  authorization_endpoint: 'https://login.example/authorize?tenant=a',
  token_endpoint: 'https://id.example/token',
};
const production = { production: true };
const development = { production: false };
const leftOut: string[] = [];
const read = (document: unknown, rules = production) =>
  readProviderMetadata(document, issuer, rules, ({ message }) => leftOut.push(message));

beforeEach(() => leftOut.splice(0));

describe('the metadata of a provider', () => {
  it('are its endpoints, and nothing else of the document', () => {
    expect(read({ ...good, jwks_uri: 'https://id.example/jwks', scopes_supported: ['a'] })).toEqual(good);
    const more = {
      end_session_endpoint: 'https://id.example/end',
      revocation_endpoint: 'https://revoke.example/',
    };
    expect(read({ ...good, ...more })).toEqual({ ...good, ...more });
  });

  it.each(['http://localhost:8080/token', 'http://127.0.0.1/token', 'http://[::1]:1/token'])(
    'may be of this machine outside production: %s',
    (token_endpoint) => {
      expect(read({ ...good, token_endpoint }, development).token_endpoint).toBe(token_endpoint);
      expect(() => read({ ...good, token_endpoint })).toThrow(UnfitMetadataError);
    },
  );

  it.each([
    ['https://id.example/tenant/'],
    ['https://ID.example/tenant'],
    ['https://evil.example'],
    [undefined],
    [null],
    [[issuer]],
  ])('are of no other issuer: %j', (other) => {
    expect(() => read({ ...good, issuer: other })).toThrow('its issuer is another');
  });

  it.each([[null], ['text'], [[]], [7]])('are in an object: %j', (document) => {
    expect(() => read(document)).toThrow('it is no object');
  });

  it.each(['authorization_endpoint', 'token_endpoint'])('have a %s', (name) => {
    for (const nothing of [undefined, null])
      expect(() => read({ ...good, [name]: nothing })).toThrow(`it has no ${name}`);
  });

  it.each(['end_session_endpoint', 'revocation_endpoint'])('may do without a %s', (name) => {
    for (const nothing of [undefined, null]) expect(read({ ...good, [name]: nothing })).toEqual(good);
    expect(leftOut).toEqual([]);
  });

  it.each(['authorization_endpoint', 'token_endpoint', 'end_session_endpoint', 'revocation_endpoint'])(
    'have no %s that a browser should not be sent to, or a policy not name',
    (name) => {
      for (const address of [
        'javascript:alert(1)',
        'data:text/html,x',
        'http://id.example/',
        'http://127.0.0.1.id.example/',
        '//id.example/',
        '/token',
        '',
        ' https://id.example/',
        'https://id.example/a b',
        'https://id.example/\n',
        'https://id.example;sandbox/',
        'https://id.example,x/',
        "https://x'unsafe-inline'/",
        'https://*.example/',
        'https://*',
        'https://user:password@id.example/',
        'https://id.example/#fragment',
        `https://id.example/${'a'.repeat(2_048)}`,
        7,
        ['https://id.example/'],
      ]) {
        for (const rules of [production, development]) {
          const outcome = () => read({ ...good, [name]: address }, rules);
          const mistake = `its ${name} is no address that a browser may be sent to`;
          if (name in good) expect(outcome).toThrow(mistake);
          else {
            expect(outcome()).toEqual(good);
            expect(leftOut.splice(0)).toEqual([mistake]);
          }
        }
      }
    },
  );
});
