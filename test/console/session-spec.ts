import type { Route } from 'playwright-core';
import { describeInChromium, useChromium } from '../support/chromium.js';
import { createToken } from '../support/access-tokens.js';
import { signToken } from '../support/test-server.js';
import { useServerProcess } from '../support/use-server-process.js';
import { accessibilityFaults } from './accessibility.js';
import { placesOfText } from './places-of-text.js';
import { endSession, paste, signedIn, storages } from './session-steps.js';
import { Speaker } from './speaker.js';
import { OPENAI_KEY, TryPage } from './try-page.js';
import { colorSchemes, overflow, useConsole } from './use-console.js';

describeInChromium('signing in with a token', () => {
  const running = useConsole();
  const openPage = useChromium();

  it('takes a token out of the address and the history before any package runs', async () => {
    const { page } = await openPage();
    await page.route(/\/assets\/shared-.*\.js$/, noteAddress);
    await page.goto(`${running().server.url}/console/keys#token=${await signToken('alice')}`);
    await signedIn(page, 'alice');
    expect(page.url()).toBe(`${running().server.url}/console/keys`);
    expect(await page.evaluate(() => (globalThis as any).addresses)).toEqual([page.url()]);
    await page.goBack().catch(() => null);
    expect(page.url()).not.toContain('token');
  });

  it('takes one, and leaves no trace of it, in a page where somebody else is signed in', async () => {
    const { page } = await running().open('alice');
    await signedIn(page, 'alice');
    await page.evaluate(`location.hash = 'token=${await signToken('bob')}'`);
    await signedIn(page, 'bob');
    expect(page.url()).toBe(`${running().server.url}/console/keys`);
    expect(await placesOfText(page, 'alice')).toEqual([]);
    await page.goBack();
    expect(page.url()).not.toContain('token');
  });

  it('asks for a token where none came, says what is wrong with one, and takes a good one', async () => {
    const { page, complaints } = await openPage();
    await page.goto(`${running().server.url}/console`);
    // The second could stand in no request: that is no reason to check the connection.
    for (const token of ['nonsense', 'tökén€']) {
      await page.reload();
      await paste(page, token);
      await page.getByText('does not accept this token').waitFor();
    }
    await page.getByLabel('Token').fill(` "Bearer ${await signToken('alice')}\u200b"\n`);
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('button', { name: 'Signed in as alice' }).waitFor();
    // A refused request is in the browser's log by itself.
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
  });

  it.each(['AUDIT', 'CHAT'])('shows whose an access token is, with no other scope than %s', async (scope) => {
    const { page } = await openPage();
    const { secret } = await createToken(running().server, 'alice', { scopes: [scope] });
    await page.goto(`${running().server.url}/console#token=${secret}`);
    await signedIn(page, 'alice');
  });

  it('asks whose account it is until it is known', async () => {
    const { page } = await openPage();
    let failures = 2;
    await page.route('**/graphql', (route) =>
      route.request().postData()?.includes('ViewerId') && failures-- > 0 ? route.abort() : route.continue(),
    );
    await page.goto(`${running().server.url}/console#token=${await signToken('alice')}`);
    await signedIn(page, 'alice');
    expect(failures).toBeLessThan(0);
  });

  it.each<[string, (user: string) => Promise<string>]>([
    ['JWTs', (user) => signToken(user)],
    ['access tokens', async (user) => (await createToken(running().server, user)).secret],
  ])('keeps what was typed for its owner, and from everybody else, with %s', async (_, tokenOf) => {
    const { page } = await openPage();
    const question = page.getByRole('textbox', { name: 'Question' });
    const endAndPaste = async (user: string) => {
      await endSession(page);
      await page.goBack();
      await paste(page, await tokenOf(user));
      await signedIn(page, user);
    };
    await page.goto(`${running().server.url}/console/try`);
    await paste(page, await tokenOf('alice'));
    await question.fill('for my eyes only');
    await endAndPaste('alice');
    expect(await question.inputValue()).toBe('for my eyes only');
    await endAndPaste('bob');
    expect(await question.inputValue()).toBe('');
    expect(await placesOfText(page, 'for my eyes')).toEqual([]);
    await endAndPaste('alice');
    expect(await question.inputValue()).toBe('');
  });

  it('goes on after a reload, and forgets everything with signing out', async () => {
    const { page } = await running().open('alice');
    await page.reload();
    await page.getByRole('button', { name: 'Signed in as alice' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    expect(await storages(page)).toEqual({ local: {}, session: {} });
    expect(await page.context().cookies()).toEqual([]);
    await page.reload();
    await page.getByLabel('Token').waitFor();
  });

  it('says when the session ends, and leaves the end to the server', async () => {
    const { page } = await openPage();
    await page.clock.install();
    await page.goto(`${running().server.url}/console#token=${await signToken('alice', '10m')}`);
    await signedIn(page, 'alice');
    await page.clock.fastForward(9.5 * 60_000);
    await page.getByText('Your session ends at').waitFor();
    await page.clock.fastForward(60_000);
    await page.getByText('Your session may end at any moment.').waitFor();
    expect(await page.getByText('Your session ends at').count()).toBe(0);
    await signedIn(page, 'alice');
    await endSession(page);
    expect((await storages(page)).session).toEqual({});
  });

  it.each([
    [1280, 800],
    [640, 360],
    [320, 640],
  ])('moves nothing to say so in a window of %i × %i, and covers nothing for good', async (width, height) => {
    const { page } = await openPage();
    await page.setViewportSize({ width, height });
    await page.clock.install();
    await page.goto(`${running().server.url}/console/audit#token=${await signToken('unused', '10m')}`);
    await signedIn(page, 'unused');
    const places = () =>
      Promise.all(
        [
          page.getByRole('heading', { level: 1 }),
          ...(['main', 'nav', 'header'] as const).map((name) => page.locator(name)),
        ].map((each) => each.boundingBox()),
      );
    await page.getByText('No event meets these conditions.').waitFor();
    const before = await places();
    await page.clock.fastForward(9.5 * 60_000);
    await page.getByText('Your session ends at').waitFor();
    expect(await places()).toEqual(before);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    for (const scheme of colorSchemes) {
      await page.emulateMedia({ colorScheme: scheme });
      expect(await accessibilityFaults(page)).toEqual([]);
    }
    const menu = page.getByRole('button', { name: 'Signed in as unused' });
    // Whose account it is stays in sight.
    await menu.click({ trial: true });
    await page.getByRole('button', { name: 'Hide this notice' }).click();
    await page.getByText('Your session ends at').waitFor({ state: 'detached' });
    expect(await page.locator('#page:focus').count()).toBe(1);
  });

  it('ends no session whose time is over by a wrong clock alone', async () => {
    const { page } = await openPage();
    await page.clock.install({ time: Date.now() + 86_400_000 });
    await page.goto(`${running().server.url}/console#token=${await signToken('alice', '10m')}`);
    await signedIn(page, 'alice');
    await page.clock.fastForward(1_000);
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.getByRole('heading', { name: 'Audit' }).waitFor();
    await signedIn(page, 'alice');
  });

  it('ends the session where nothing but a WebSocket is open when the token is revoked', async () => {
    const { page } = await openPage();
    const { server } = running();
    const { secret, id } = await createToken(server, 'alice', { scopes: ['KEYS_READ'] });
    const acknowledged = new Promise<void>((resolve) =>
      page.once('websocket', (socket) => socket.once('framereceived', () => resolve())),
    );
    await page.goto(`${server.url}/console/alerts#token=${secret}`);
    await signedIn(page, 'alice');
    await acknowledged;
    await page.route('**/graphql', (route) => route.abort());
    await server.query('alice', 'mutation ($id: ID!) { revokeAccessToken(id: $id) { id } }', { id });
    await page.getByText('Your session has ended').waitFor();
  });
});

describeInChromium('signing in with a token, in production', () => {
  const running = useServerProcess({ NODE_ENV: 'production', ALLOW_EMBEDDED_DATABASE: 'true' });
  const openPage = useChromium();

  it('ignores a token in the address, and takes it out of it all the same', async () => {
    const { page } = await openPage();
    await page.goto(`${running().server.url}/console#token=${await signToken('mallory')}`);
    await page.getByLabel('Token').waitFor();
    expect(page.url()).not.toContain('token');
    expect(await storages(page)).toEqual({ local: {}, session: {} });
  });

  it('does so in a page that is open, too', async () => {
    const { page } = await openPage();
    await page.goto(`${running().server.url}/console/keys`);
    await paste(page, await signToken('alice'));
    await signedIn(page, 'alice');
    const token = await signToken('mallory');
    await page.evaluate(`location.hash = 'token=${token}'`);
    await page.waitForURL(`${running().server.url}/console/keys`);
    await signedIn(page, 'alice');
    expect(await placesOfText(page, token)).toEqual([]);
  });

  it('goes on with a chat when the token is pasted again after a reload', async () => {
    const { server, standIn } = running();
    standIn.acceptMadeUpKeys();
    await server.storeKey('reloader', 'OPENAI', OPENAI_KEY);
    const { page, complaints } = await openPage();
    const chat = new TryPage(page, complaints);
    const listed = standIn.nextRequest('OPENAI');
    await page.goto(`${server.url}/console/try`);
    await paste(page, await signToken('reloader'));
    await listed;
    const speaking = Speaker.next(standIn);
    await chat.ask('Count');
    const speaker = await speaking;
    await speaker.say('one ');
    await chat.says('one');
    await page.reload();
    await paste(page, await signToken('reloader'));
    await chat.says('one');
    await speaker.say('two');
    speaker.end();
    await chat.completed();
    await chat.says('one two');
  });

  it('keeps a pasted token in memory alone: a reload asks for it again', async () => {
    const { page } = await openPage();
    await page.goto(`${running().server.url}/console`);
    await paste(page, await signToken('alice'));
    await signedIn(page, 'alice');
    expect(await storages(page)).toEqual({ local: {}, session: {} });
    expect(await page.context().cookies()).toEqual([]);
    await page.reload();
    await page.getByLabel('Token').waitFor();
  });
});

/** Has a script note the address when it runs. */
async function noteAddress(route: Route): Promise<void> {
  const response = await route.fetch();
  const note = '(globalThis.addresses ??= []).push(location.href);';
  await route.fulfill({ response, body: note + (await response.text()) });
}
