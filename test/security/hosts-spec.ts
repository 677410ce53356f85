import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { useServerProcess } from '../support/use-server-process.js';

const QUERY = '{"query":"{ __typename }"}';

describe('the host that a request names', () => {
  const running = useServerProcess();

  function ask(path: string, version: string, host: string | null): Promise<string> {
    const client = connect(Number(new URL(running().server.url).port), '127.0.0.1');
    const fields = {
      ...(host !== null && { host }),
      connection: 'close',
      'content-type': 'application/json',
      'content-length': String(QUERY.length),
    };
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
    client.write([`POST ${path} HTTP/${version}`, ...lines, '', QUERY].join('\r\n'));
    return text(client);
  }

  it.each(['', 'a b', '[::', '%%%', 'x:99999', 'x y:80', '::1'])(
    'is refused with 400 where it is none: %j',
    async (host) => {
      for (const version of ['1.0', '1.1']) {
        const answer = await ask('/graphql', version, host);
        expect(answer).toMatch(/^HTTP\/1\.1 400 /);
        expect(answer).toContain('"code":"BAD_USER_INPUT"');
        expect(answer).toContain('request: must name its host');
      }
    },
  );

  it('is needed in HTTP/1.1, and not in HTTP/1.0', async () => {
    expect(await ask('/graphql', '1.1', null)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await ask('/graphql', '1.0', null)).toContain('{"data":{"__typename":"Query"}}');
  });

  it.each([
    'x',
    'app.example:443',
    'APP.example',
    '[::1]:4000',
    '127.0.0.1',
    'my_service:8080',
    'münchen.de',
  ])('may be %j', async (host) => {
    for (const version of ['1.0', '1.1'])
      expect(await ask('/graphql', version, host)).toContain('{"data":{"__typename":"Query"}}');
  });
});
