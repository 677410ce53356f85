import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { EndpointAddress, type EndpointMode, EndpointPolicy } from '../../src/common/endpoint-address.js';
import { OutboundProxy } from '../../src/common/outbound-proxy.js';
import { EndpointHttp } from '../../src/outbound/endpoint-http.js';
import { DnsNames, type HostNames, NetworkNames } from '../../src/outbound/host-names.js';
import type { OutboundResponse } from '../../src/outbound/outbound-http.js';
import { collect, failureOf } from '../support/collect.js';
import { EgressProxy } from '../support/egress-proxy.js';
import { NameServer } from '../support/name-server.js';

const KEY = 'key-of-alice-0123456789';
const PUBLIC = '93.184.216.34';

/** What a failure shows to its owner and to the operator, without its stack. */
const shown = (error: unknown): object => ({ ...(error as object), message: (error as Error).message });

/** Whatever is wrong with the way to an endpoint. */
const unreachable = {
  code: 'PROVIDER_UNAVAILABLE',
  message: 'The provider is not available.',
  retryable: true,
  retryAfterMs: null,
  status: null,
};

describe('the way to an address that a user names', () => {
  let names: NameServer;
  let proxy: EgressProxy;
  let http: EndpointHttp | null;
  let servers: Server[];
  beforeEach(async () => {
    http = null;
    servers = [];
    names = await NameServer.start();
    proxy = await EgressProxy.start();
  });
  afterEach(async () => {
    await http?.onApplicationShutdown();
    await proxy.stop();
    await names.stop();
    for (const server of servers) server.close();
  });

  interface Surroundings {
    readonly mode?: EndpointMode;
    readonly resolver?: HostNames;
    readonly throughProxy?: boolean;
  }

  const call = (
    baseUrl: string,
    {
      mode = 'public',
      resolver = new DnsNames([names.address], 1_000),
      throughProxy = true,
    }: Surroundings = {},
  ): Promise<OutboundResponse> => {
    const address = EndpointAddress.read(baseUrl);
    http ??= new EndpointHttp(
      new EndpointPolicy(mode),
      resolver,
      throughProxy ? new OutboundProxy(new URL(proxy.url())) : null,
    );
    return http.request(address, {
      method: 'POST',
      url: `${address.baseUrl}/chat/completions`,
      headers: { authorization: `Bearer ${KEY}` },
      body: '{}',
      signal: new AbortController().signal,
      firstByteTimeoutMs: 10_000,
      idleTimeoutMs: 10_000,
    });
  };

  const listen = async (server: Server): Promise<number> => {
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const serve = (answer: RequestListener): Promise<number> => listen(createServer(answer));

  describe('where endpoints are public', () => {
    it.each([
      [[PUBLIC], [`${PUBLIC}:443`]],
      [['2606:4700::1111'], ['[2606:4700::1111]:443']],
      [
        [PUBLIC, '2606:4700::1111'],
        [`${PUBLIC}:443`, '[2606:4700::1111]:443'],
      ],
      [['cname:other.example', PUBLIC], [`${PUBLIC}:443`]],
      [['::ffff:93.184.216.34'], [`${PUBLIC}:443`]],
    ] as const)('leads from a name to the address that was looked at: %j', async (zone, targets) => {
      names.lead('api.example', zone);
      proxy.verdict = 502;
      expect(await failureOf(call('https://api.example/v1'))).toMatchObject(unreachable);
      expect(proxy.targets).toEqual(targets);
    });

    it.each([
      ...['127.0.0.1', '10.0.0.1', '169.254.169.254', '0.0.0.0', '192.168.1.1', '100.100.100.200'],
      ...['::1', '::', 'fe80::1', 'fd00:ec2::254', '::ffff:127.0.0.1', '::127.0.0.1', '64:ff9b::a00:1'],
      ...['2002:7f00:1::1', '2001::7f00:1', 'fec0::1'],
    ])('leads from no name to %s, alone or among others', async (address) => {
      for (const [name, zone] of [
        ['alone.example', [address]],
        ['first.example', [address, PUBLIC]],
        ['last.example', [PUBLIC, '2606:4700::1111', address]],
        ['behind.example', ['cname:internal.example', address]],
      ] as const) {
        names.lead(name, zone);
        const failure = await failureOf(call(`https://${name}/v1`));
        expect(failure).toMatchObject({ ...unreachable, networkCode: 'ADDRESS_NOT_ALLOWED' });
      }
      expect(proxy.targets).toEqual([]);
    });

    it('asks for a name once, and goes where it led then', async () => {
      names.lead('rebind.example', [PUBLIC], ['127.0.0.1']);
      proxy.verdict = 502;
      await failureOf(call('https://rebind.example/v1'));
      expect(proxy.targets).toEqual([`${PUBLIC}:443`]);
      expect(names.questions.sort()).toEqual(['A rebind.example', 'AAAA rebind.example']);
      // The next connection is looked at like the first one.
      expect(await failureOf(call('https://rebind.example/v1'))).toMatchObject({
        networkCode: 'ADDRESS_NOT_ALLOWED',
      });
      expect(proxy.targets).toHaveLength(1);
    });

    it.each([
      'https://127.0.0.1',
      'https://0x7f.1',
      'https://[::]',
      'https://localhost',
      'https://a.localhost.',
    ])('does not lead to %s, and asks nobody', async (baseUrl) => {
      expect(await failureOf(call(baseUrl))).toMatchObject(unreachable);
      expect([names.questions, proxy.targets]).toEqual([[], []]);
    });

    it.each(['http://api.example', 'https://api.example:8443'])('does not lead to %s', async (baseUrl) => {
      names.lead('api.example', [PUBLIC]);
      expect(await failureOf(call(baseUrl))).toMatchObject(unreachable);
      expect([names.questions, proxy.targets]).toEqual([[], []]);
    });

    it.each(['nothing', 'failure', 'silence', 'nonsense'] as const)(
      'ends in time at a name of which DNS says: %s',
      async (zone) => {
        names.lead('odd.example', zone);
        const begin = performance.now();
        let turns = 0;
        const timer = setInterval(() => (turns += 1), 10);
        // Less than DNS would wait by itself.
        const resolver = new DnsNames([names.address], 300);
        const failure = await failureOf(call('https://odd.example', { resolver }));
        clearInterval(timer);
        expect(failure).toMatchObject({ ...unreachable, networkCode: 'NAME_NOT_RESOLVED' });
        const took = performance.now() - begin;
        expect(took).toBeLessThan(2_500);
        // The loop went on meanwhile.
        expect(turns).toBeGreaterThan(took / 50 - 2);
      },
    );

    it('does not let names that are silent hold up others', async () => {
      const patient = { resolver: new DnsNames([names.address], 4_000) };
      names.lead('silent.example', 'silence');
      names.lead('api.example', [PUBLIC]);
      proxy.verdict = 502;
      let silentOnes = 0;
      const held = Array.from({ length: 32 }, () =>
        failureOf(call('https://silent.example', patient)).then(() => (silentOnes += 1)),
      );
      await failureOf(call('https://api.example', patient));
      expect([silentOnes, proxy.targets]).toEqual([0, [`${PUBLIC}:443`]]);
      await Promise.all(held);
    });

    it('does not connect where a name leads to more addresses than any service has', async () => {
      names.lead(
        'many.example',
        Array.from({ length: 65 }, (_, index) => `93.184.216.${String(index)}`),
      );
      expect(await failureOf(call('https://many.example'))).toMatchObject({
        networkCode: 'ADDRESS_NOT_ALLOWED',
      });
      expect(proxy.targets).toEqual([]);
    });

    it('names the host to TLS, and not the address', async () => {
      const asked: string[] = [];
      const front = createTls({
        SNICallback: (servername, callback) => {
          asked.push(servername);
          callback(new Error('That is all that is to be known.'));
        },
      });
      front.on('tlsClientError', () => undefined);
      proxy.detour = await listen(front);
      names.lead('api.example', [PUBLIC]);
      expect(await failureOf(call('https://api.example/v1'))).toMatchObject(unreachable);
      expect([proxy.targets, asked]).toEqual([[`${PUBLIC}:443`], ['api.example']]);
    });
  });

  describe('where any endpoint may be named', () => {
    const any = { mode: 'any', throughProxy: false } as const;

    it('leads to this machine, by a name of DNS, of the system, and by an address', async () => {
      const hosts: (string | undefined)[] = [];
      const port = await serve(({ headers }, response) => {
        hosts.push(headers.host);
        response.end('answer');
      });
      names.lead('model.corp.example', ['127.0.0.1']);
      const resolver = new NetworkNames(new DnsNames([names.address], 1_000));
      for (const host of ['model.corp.example', 'localhost', '127.1']) {
        const { body } = await call(`http://${host}:${String(port)}/v1`, { ...any, resolver });
        expect(Buffer.concat(await collect(body)).toString()).toBe('answer');
      }
      expect(hosts).toEqual(
        ['model.corp.example', 'localhost', '127.0.0.1'].map((host) => `${host}:${String(port)}`),
      );
    });

    it('says who sends the request', async () => {
      const sent: unknown[] = [];
      const port = await serve(({ headers: { via, authorization } }, response) => {
        sent.push({ via, authorization });
        response.end();
      });
      await call(`http://127.0.0.1:${String(port)}`, any);
      expect(sent).toEqual([{ via: '1.1 keystream', authorization: `Bearer ${KEY}` }]);
    });

    it.each([301, 302, 303, 307, 308])('follows no redirect: %i', async (status) => {
      const paths: (string | undefined)[] = [];
      const elsewhere = await serve(({ url }, response) => {
        paths.push(`elsewhere ${String(url)}`);
        response.end('secret of another service');
      });
      const port = await serve(({ url }, response) => {
        paths.push(url);
        response.writeHead(status, { location: `http://127.0.0.1:${String(elsewhere)}/admin` }).end('moved');
      });
      const failure = await failureOf(call(`http://127.0.0.1:${String(port)}/v1`, any));
      expect(failure).toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
      expect(JSON.stringify(shown(failure))).not.toMatch(/admin|moved|secret/);
      expect(paths).toEqual(['/v1/chat/completions']);
    });

    it('asks a proxy for the address, and not for the name', async () => {
      const port = await serve((_, response) => response.end('answer'));
      names.lead('model.corp.example', ['127.0.0.1']);
      await call(`http://model.corp.example:${String(port)}`, { mode: 'any' });
      expect(proxy.targets).toEqual([`127.0.0.1:${String(port)}`]);
    });

    it('shows no difference between what does not answer', async () => {
      const closed = await listen(createTcp());
      servers.pop()?.close();
      const cut = await listen(createTcp((socket: Socket) => socket.destroy()));
      const other = await listen(
        createTcp((socket: Socket) => socket.on('error', () => undefined).end('SSH-2.0-OpenSSH_9\r\n')),
      );
      names.lead('nowhere.example', 'nothing');
      const failures: unknown[] = [];
      const codes: unknown[] = [];
      for (const baseUrl of [
        ...[closed, cut, other].map((port) => `http://127.0.0.1:${String(port)}`),
        `https://127.0.0.1:${String(other)}`,
        'http://nowhere.example',
      ]) {
        const failure = await failureOf(call(baseUrl, any));
        const { networkCode, ...toItsOwner } = shown(failure) as { networkCode: string };
        codes.push(networkCode);
        failures.push(toItsOwner);
      }
      expect(new Set(failures.map((failure) => JSON.stringify(failure))).size).toBe(1);
      // The operator sees one.
      expect(codes).toEqual([
        'ECONNREFUSED',
        'UND_ERR_SOCKET',
        null,
        expect.stringMatching(/^(ERR_SSL_|EPROTO)/),
        'NAME_NOT_RESOLVED',
      ]);
      expect(failures[0]).toMatchObject(unreachable);
    });
  });

  it('is closed where endpoints are off', async () => {
    names.lead('api.example', [PUBLIC]);
    expect(await failureOf(call('https://api.example', { mode: 'off' }))).toMatchObject(unreachable);
    expect([names.questions, proxy.targets]).toEqual([[], []]);
  });

  it('never leads past the address', async () => {
    http = new EndpointHttp(new EndpointPolicy('any'), new DnsNames([names.address]));
    const address = EndpointAddress.read('https://api.example/v1');
    for (const url of [
      'https://api.example.evil.example/v1/models',
      'https://api.example/v1',
      'https://other.example/v1/models',
    ]) {
      const request = { method: 'GET', url, headers: {}, firstByteTimeoutMs: 1, idleTimeoutMs: 1 } as const;
      const { signal } = new AbortController();
      expect(await failureOf(http.request(address, { ...request, signal }))).toEqual(
        new Error('A request leads past its endpoint.'),
      );
    }
    expect(names.questions).toEqual([]);
  });
});
