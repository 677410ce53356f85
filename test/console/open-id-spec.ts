import { describeInChromium } from '../support/chromium.js';
import { cardOf, keyField } from './key-steps.js';
import { Speaker } from './speaker.js';
import { OPENAI_KEY, TryPage } from './try-page.js';
import { signedIn, storages } from './session-steps.js';
import { claimsOf, enter, signOut, useOpenId } from './use-open-id.js';

/** All that is left of a person who has signed out. */
const LEFT = { local: { 'keystream:signed-out': 'true' }, session: {} };

describeInChromium('signing in at an identity provider', () => {
  const { provider, server, standIn, open, signIn } = useOpenId();

  it('goes there and comes back to the page that was asked for, with nothing left in address or storage', async () => {
    const { page, complaints } = await signIn('/usage');
    expect(page.url()).toBe(`${server().url}/console/usage`);
    expect(await storages(page)).toEqual({ local: {}, session: {} });
    expect(provider().answers).toEqual(['login_required', 'form', 'code']);
    expect(complaints).toEqual([]);
  });

  it('goes on after a reload without asking the person', async () => {
    const { page } = await signIn('/audit?kinds=ANOMALY');
    provider().answers.length = 0;
    await page.reload();
    await signedIn(page);
    expect(page.url()).toBe(`${server().url}/console/audit?kinds=ANOMALY`);
    expect(provider().answers).toEqual(['code']);
  });

  it('goes on with a chat after a reload, without asking the person', async () => {
    const { page } = await signIn();
    standIn().acceptMadeUpKeys();
    await page.getByRole('button', { name: 'Store a key: OpenAI' }).click();
    await keyField(page).fill(OPENAI_KEY);
    await keyField(page).press('Enter');
    await cardOf(page, 'OpenAI').getByText('sk-proj-…').waitFor();
    const listed = standIn().nextRequest('OPENAI');
    await page.getByRole('link', { name: 'Try it' }).click();
    await listed;
    const chat = new TryPage(page);
    const speaking = Speaker.next(standIn());
    await chat.ask('Count');
    const speaker = await speaking;
    await speaker.say('one ');
    await chat.says('one');
    provider().answers.length = 0;
    await page.reload();
    await chat.says('one');
    await speaker.say('two');
    speaker.end();
    await chat.completed();
    await chat.says('one two');
    expect(provider().answers).toEqual(['code']);
  });

  it('signs in another tab without asking the person, and ends one session alone with signing out', async () => {
    const { page } = await signIn();
    const opened = page.waitForEvent('popup');
    await page.evaluate(`void open('${server().url}/console/audit')`);
    const tab = await opened;
    await signedIn(tab);
    expect(provider().answers.slice(-1)).toEqual(['code']);
    await signOut(tab);
    await tab.reload();
    await tab.getByRole('button', { name: /^Sign in with/ }).waitFor();
    // What it has in memory is the tab's own, until the server or the person ends it.
    await signedIn(page);
    await page.reload();
    await page.getByRole('button', { name: /^Sign in with/ }).waitFor();
  });

  it('signs out here and there, and a reload does not sign in again', async () => {
    const { page } = await signIn();
    const ended = page.waitForRequest(/\/end\?/);
    await signOut(page);
    await ended;
    expect(provider().ended.map((sent) => claimsOf(sent.get('id_token_hint') ?? ''))).toEqual([
      expect.objectContaining({ sub: 'alice', aud: 'console' }),
    ]);
    expect(await storages(page)).toEqual(LEFT);
    await page.reload();
    await page.getByRole('button', { name: /^Sign in with/ }).waitFor();
  });

  it('keeps the state of PKCE in the tab while the person is at the provider, and no token', async () => {
    const { page } = await open();
    await page.goto(`${server().url}/console`);
    await page.getByRole('button', { name: /^Sign in with/ }).click();
    await page.getByLabel('Name').waitFor();
    await page.goto(`${server().url}/console/assets/none`);
    const { local, session } = await storages(page);
    expect(local).toEqual({});
    expect(Object.keys(session)).toEqual([expect.stringMatching(/^oidc\./)]);
    expect(Object.values(session).join()).toContain('code_verifier');
  });

  it('forgets that state, too, where the person signs out with a token instead', async () => {
    const { page } = await open();
    await page.goto(`${server().url}/console`);
    await page.getByRole('button', { name: /^Sign in with/ }).click();
    await page.getByLabel('Name').waitFor();
    await page.goBack();
    await page.getByLabel('Token').fill(await provider().tokens.accessToken('alice'));
    await page.getByRole('button', { name: 'Use it' }).click();
    await signedIn(page);
    await signOut(page);
    expect(await storages(page)).toEqual(LEFT);
    expect(provider().ended).toEqual([]);
  });

  it('says so where the way to the provider does not come, which serves at another try', async () => {
    const { page } = await open();
    await page.goto(`${server().url}/console`);
    await page.getByRole('button', { name: /^Sign in with/ }).waitFor();
    // The page has not asked the provider who is there: it has not loaded what asks.
    await page.evaluate("localStorage.setItem('keystream:signed-out', 'true')");
    await page.route(/assets\/open-id-client-/, (route) => route.abort());
    await page.reload();
    await page.getByRole('button', { name: /^Sign in with/ }).click();
    await page.getByRole('alert').getByText('The server does not answer').waitFor();
    await page.unroute(/assets\/open-id-client-/);
    await enter(page);
  });

  it('does not take an answer that it did not ask for, and says so once', async () => {
    const { page } = await open();
    await page.goto(`${server().url}/console/signed-in?code=stolen&state=made-up`);
    await page.getByText('did not sign you in').waitFor();
    expect(page.url()).not.toContain('stolen');
    await page.getByLabel('Token').fill(await provider().tokens.accessToken('alice'));
    await page.getByRole('button', { name: 'Use it' }).click();
    await signedIn(page);
    await signOut(page);
    expect(await page.getByText('did not sign you in').count()).toBe(0);
  });

  it('takes a token while the provider is away', async () => {
    const { page } = await open();
    await page.goto(`${server().url}/console`);
    await page.getByRole('button', { name: /^Sign in with/ }).waitFor();
    provider().away = 'closed';
    // The browser's own page says so: until it is there, it would come in between.
    const failed = page.waitForEvent('framenavigated', (frame) => frame.url().startsWith('chrome-error:'));
    await page.goto(`${server().url}/console/audit`).catch(() => null);
    await failed;
    await page.goto(`${server().url}/console/audit`);
    await page.getByLabel('Token').fill(await provider().tokens.accessToken('alice'));
    await page.getByRole('button', { name: 'Use it' }).click();
    await signedIn(page);
    // The provider is asked again once it has answered.
    provider().away = null;
    await page.reload();
    await enter(page);
    expect((await storages(page)).session).toEqual({});
  });

  it('takes a token where the provider lets it wait', async () => {
    const { page } = await open();
    await page.clock.install();
    await page.goto(`${server().url}/console`);
    await page.getByRole('button', { name: /^Sign in with/ }).waitFor();
    provider().away = 'silent';
    const asked = page.waitForRequest(/\/authorize/);
    await page.reload({ waitUntil: 'commit' });
    await asked;
    await page.clock.fastForward(11_000);
    await page.getByLabel('Token').waitFor();
  });
});

describeInChromium(
  'signing in at a provider that neither ends sessions nor revokes tokens as it should',
  () => {
    const { provider, server, signIn } = useOpenId({
      endsSessions: false,
      revocation: 503,
      refreshTokens: 'full',
    });

    it('signs out all the same, in every tab', async () => {
      const { page } = await signIn();
      await signOut(page);
      expect(await storages(page)).toEqual(LEFT);
      const hints = () => provider().revoked.map((sent) => sent.get('token_type_hint'));
      expect(hints().sort()).toEqual(['access_token', 'refresh_token']);
      provider().answers.length = 0;
      const opened = page.waitForEvent('popup');
      await page.evaluate(`void open('${server().url}/console')`);
      const tab = await opened;
      await tab.getByRole('button', { name: /^Sign in with/ }).waitFor();
      expect(provider().answers).toEqual([]);
    });
  },
);
