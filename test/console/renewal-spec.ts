import { describeInChromium } from '../support/chromium.js';
import { endSession, paste, signedIn } from './session-steps.js';
import { expectSoon, type OpenIdPage, type Sent, useOpenId } from './use-open-id.js';

/** Has the page ask the server something, and says with what token it did. */
async function nextSent({ page, sent }: OpenIdPage): Promise<Sent['claims'] | undefined> {
  const before = sent.length;
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await expectSoon(() => sent.slice(before).some(({ over }) => over === 'http'));
  return sent.findLast(({ over }) => over === 'http')?.claims;
}

describeInChromium('a token of an identity provider', () => {
  const { provider, server, signIn } = useOpenId();
  const tokens = () => provider().tokens;

  /** Waits until the provider has given out tokens again. */
  async function renewed(since: number): Promise<void> {
    await expectSoon(() => tokens().exchanged > since);
  }

  it('is renewed before it expires, and the new one is sent from then on', async () => {
    const watched = await signIn();
    const { page, sent, complaints } = watched;
    await expectSoon(() => sent.some(({ over }) => over === 'websocket'));
    const [first] = sent;
    const [before, sockets] = [tokens().exchanged, sent.filter(({ over }) => over === 'websocket').length];
    await page.clock.fastForward(250_000);
    await renewed(before);
    await expectSoon(() => sent.filter(({ over }) => over === 'websocket').length > sockets);
    const { jti } = sent.findLast(({ over }) => over === 'websocket')?.claims ?? {};
    expect(jti).not.toBe(first?.claims.jti);
    expect(await nextSent(watched)).toMatchObject({ sub: 'alice', jti });
    expect(await page.getByText('Your session').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('is renewed in the second half of its life where that is short', async () => {
    tokens().seconds = 40;
    const { page } = await signIn();
    const before = tokens().exchanged;
    await page.clock.fastForward(15_000);
    await signedIn(page);
    expect(tokens().exchanged).toBe(before);
    await page.clock.fastForward(10_000);
    await renewed(before);
  });

  it('is asked for again where that has failed', async () => {
    const { page } = await signIn();
    const before = tokens().exchanged;
    provider().failures = 2;
    await page.clock.fastForward(242_000);
    await renewed(before);
    expect(provider().failures).toBe(0);
    expect(await page.getByText('Your session').count()).toBe(0);
  });

  it('is renewed once more where its time is over, as after a sleep', async () => {
    const watched = await signIn();
    const before = tokens().exchanged;
    // Sleep stops timers; the clock goes on.
    await watched.page.clock.setSystemTime(Date.now() + 3_600_000);
    const { jti } = watched.sent[0]?.claims ?? {};
    expect(await nextSent(watched)).not.toMatchObject({ jti });
    expect(tokens().exchanged).toBe(before + 1);
  });

  it('gives way to none of another person who has signed in at the provider meanwhile', async () => {
    const watched = await signIn();
    provider().replaceEverybody('bob');
    const before = tokens().exchanged;
    const answered = watched.page.waitForResponse(/\/token$/);
    await watched.page.clock.fastForward(250_000);
    await (await answered).finished();
    expect(tokens().exchanged).toBeGreaterThan(before);
    expect(await nextSent(watched)).toMatchObject({ sub: 'alice' });
    await signedIn(watched.page);
  });

  it('is not renewed after its session, in which another person is by then', async () => {
    const watched = await signIn();
    const { page } = watched;
    await endSession(page);
    await paste(page, await tokens().accessToken('bob'));
    await signedIn(page, 'bob');
    provider().answers.length = 0;
    await page.clock.fastForward(290_000);
    expect(await nextSent(watched)).toMatchObject({ sub: 'bob' });
    await signedIn(page, 'bob');
    expect(provider().answers).toEqual([]);
  });

  it('says so where it cannot be renewed, and what was asked for is there after signing in again', async () => {
    const { page } = await signIn('/alerts');
    provider().forgetEverybody();
    await page.clock.fastForward(270_000);
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.getByLabel('Name').fill('alice');
    await page.getByRole('button', { name: 'Enter' }).click();
    await signedIn(page);
    expect(page.url()).toBe(`${server().url}/console/alerts`);
  });
});

describeInChromium('a token of a provider that gives refresh tokens', () => {
  const { provider, signIn } = useOpenId({ refreshTokens: 'full' });

  it('is renewed with one, and without it where it is not taken any more', async () => {
    const watched = await signIn();
    const { page } = watched;
    const { tokens, answers } = provider();
    answers.length = 0;
    const before = tokens.exchanged;
    await page.clock.fastForward(250_000);
    await expectSoon(() => tokens.exchanged > before);
    expect(answers).toEqual([]);
    await signedIn(page);
    await expectSoon(() => watched.sent.some(({ claims }) => claims.jti !== watched.sent[0]?.claims.jti));
    provider().failures = 1;
    await page.clock.fastForward(250_000);
    await expectSoon(() => tokens.exchanged > before + 1);
    expect(answers).toEqual(['code']);
  });
});

describeInChromium('the ID token, where the API is the client itself', () => {
  const { provider, signIn } = useOpenId({
    audience: 'console',
    refreshTokens: 'bare',
    saysLifetime: false,
  });

  it('is what is sent, and is renewed by its own end, though no new one comes for a refresh token', async () => {
    const watched = await signIn();
    const [first] = watched.sent;
    expect(first?.claims).toMatchObject({ aud: 'console' });
    provider().answers.length = 0;
    await watched.page.clock.fastForward(250_000);
    await expectSoon(() => watched.sent.some(({ claims }) => claims.jti !== first?.claims.jti));
    expect(provider().answers).toEqual(['code']);
  });
});
