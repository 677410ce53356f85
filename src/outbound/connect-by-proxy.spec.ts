import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { flood, hang, replay, reply } from '../../demo/stand-in/behaviours.mjs';
import { collect, failureOf } from '../../test/support/collect.js';
import { EgressProxy } from '../../test/support/egress-proxy.js';
import { useStandIn } from '../../test/support/stand-in.js';
import { OutboundProxy } from '../common/outbound-proxy.js';
import { OutboundHttp, type OutboundRequest, type OutboundResponse } from './outbound-http.js';
import { ProviderTimeoutError, ProviderUnreachableError } from './upstream-error.js';

const SERVICE = 'OPENAI';
const SENTINEL = 'zq7-password';

describe('OutboundHttp, through a proxy', () => {
  const standIn = useStandIn();
  let proxy: EgressProxy;
  let http: OutboundHttp;
  let warnings: unknown[];

  beforeEach(async () => {
    warnings = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((...line: unknown[]) => void warnings.push(line));
    proxy = await EgressProxy.start();
    http = new OutboundHttp(new OutboundProxy(new URL(proxy.url(`us%65r:${SENTINEL}%25`))));
  });
  afterEach(async () => {
    await http.close();
    await proxy.stop();
    jest.restoreAllMocks();
  });

  const ask = (overrides: Partial<OutboundRequest> = {}): Promise<OutboundResponse> =>
    http.request({
      method: 'POST',
      url: `${standIn().url}/openai/path`,
      headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
      body: '{}',
      signal: new AbortController().signal,
      firstByteTimeoutMs: 10_000,
      idleTimeoutMs: 10_000,
      ...overrides,
    });
  const text = async ({ body }: OutboundResponse): Promise<string> =>
    Buffer.concat(await collect(body)).toString();
  const target = (): string => new URL(standIn().url).host;

  /** The code under which a failed request is logged, with the one line that names the proxy. */
  async function failure(overrides: Partial<OutboundRequest> = {}): Promise<unknown> {
    const error = await failureOf(ask(overrides));
    expect(error).toBeInstanceOf(ProviderUnreachableError);
    expect(warnings).toEqual([[expect.any(Object), 'The proxy at OUTBOUND_PROXY_URL lets nothing through']]);
    expect(JSON.stringify([warnings, error])).not.toMatch(/zq7|Basic/);
    const [[fields]] = warnings as [[{ host: string; code: string }]];
    expect((error as ProviderUnreachableError).networkCode).toBe(fields.code);
    return fields;
  }

  it('asks for a tunnel, also in the clear, and shows it no more than where to and who asks', async () => {
    standIn().once(SERVICE, reply({ status: 200, body: 'answer' }));
    const received = standIn().nextRequest(SERVICE);
    expect(await text(await ask())).toBe('answer');
    expect((await received).headers).toMatchObject({ authorization: 'Bearer key' });
    expect((await received).headers).not.toHaveProperty('proxy-authorization');
    expect(proxy).toMatchObject({
      targets: [target()],
      requests: [],
      credentials: [`Basic ${Buffer.from(`user:${SENTINEL}%`).toString('base64')}`],
    });
  });

  it('uses a tunnel again', async () => {
    for (let count = 0; count < 3; count += 1) {
      standIn().once(SERVICE, reply({ status: 200, body: 'ok' }));
      expect(await text(await ask())).toBe('ok');
      await new Promise(setImmediate);
    }
    expect(proxy.targets).toEqual([target()]);
  });

  it.each([
    [407, 'PROXY_CREDENTIALS_REFUSED'],
    [403, 'PROXY_REFUSED'],
    [502, 'PROXY_REFUSED'],
  ])('logs that a proxy which answers %i is at fault', async (status, code) => {
    proxy.verdict = status;
    expect(await failure()).toEqual({ host: expect.any(String), code, target: target(), status });
    expect(standIn().requests).toEqual([]);
  });

  it('logs that a proxy which is away is at fault', async () => {
    const { host } = new URL(proxy.url());
    await proxy.stop();
    expect(await failure()).toEqual({ host, code: 'PROXY_UNREACHABLE', errno: 'ECONNREFUSED' });
  });

  it('logs that a proxy of which the certificate is not trusted is at fault', async () => {
    const secure = await EgressProxy.start({ secure: true });
    await http.close();
    http = new OutboundHttp(new OutboundProxy(new URL(secure.url())));
    expect(await failure()).toMatchObject({
      code: 'PROXY_UNREACHABLE',
      errno: expect.stringMatching(/^(UNABLE_TO_|SELF_SIGNED_)/),
    });
    await secure.stop();
  });

  it('waits for a proxy no longer than for a provider', async () => {
    proxy.verdict = 'hang';
    expect(await failureOf(ask({ firstByteTimeoutMs: 50 }))).toBeInstanceOf(ProviderTimeoutError);
  });

  it('closes the tunnel when the signal aborts', async () => {
    const reason = new Error('the client left');
    const client = new AbortController();
    standIn().once(SERVICE, hang());
    const received = standIn().nextRequest(SERVICE);
    const failed = failureOf(ask({ signal: client.signal }));
    const exchange = await received;
    client.abort(reason);
    expect(await failed).toBe(reason);
    await exchange.closedByClient;
  });

  it('follows no redirect', async () => {
    standIn().once(SERVICE, reply({ status: 302, headers: { location: `${standIn().url}/google/x` } }));
    await failureOf(ask());
    expect(proxy.targets).toEqual([target()]);
    expect(standIn().requests).toHaveLength(1);
  });

  it('reads no further than its reader', async () => {
    const total = 50_000_000;
    standIn().once(SERVICE, flood({ chunk: 'x'.repeat(10_000), bytes: total }));
    const stalled = standIn().nextRequest(SERVICE);
    const { body } = await ask();
    await body.next();
    standIn().once(SERVICE, flood({ chunk: 'x'.repeat(10_000), bytes: total }));
    let taken = 0;
    for await (const piece of (await ask()).body) taken += piece.length;
    expect(taken).toBe(total);
    expect((await stalled).sentBytes).toBeLessThan(total / 4);
    await body.return?.();
    await (
      await stalled
    ).closedByClient;
  });

  it('gives what came before a cut', async () => {
    standIn().once(SERVICE, replay(['one', 'two'], { then: 'cut' }));
    const { body } = await ask();
    let received = '';
    await failureOf(
      (async () => {
        for await (const chunk of body) received += Buffer.from(chunk).toString();
      })(),
    );
    expect(received).toBe('onetwo');
  });
});
