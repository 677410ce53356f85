import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { createToken, inDays } from '../support/access-tokens.js';
import { describeInChromium, useChromium } from '../support/chromium.js';
import { accessibilityFaults } from './accessibility.js';
import { focusedName, keys, said } from './key-steps.js';
import { placesOfText } from './places-of-text.js';
import { colorSchemes, openConsole, overflow, useConsole } from './use-console.js';
import { countSaid } from './count-said.js';

const VIEWER = '{ viewer { fallbackPolicy defaultSearchProvider } }';
const TOKENS = '{ accessTokens { name scopes expiresAt } }';
const press = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

/** The text of what the page did last. */
async function shownAsGraphQL(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Show as GraphQL' }).click();
  return page.getByRole('dialog').locator('pre').first().innerText();
}

describeInChromium('the settings of a person', () => {
  const running = useConsole();
  const openPage = useChromium();

  it('say what each policy means, and are kept', async () => {
    const { server, open } = running();
    const { page, complaints } = await open('policies', 'settings');
    await page.getByText('No request of yours ever spends a key of the server').waitFor();
    expect(await page.getByLabel('Use the server’s key', { exact: true }).isChecked()).toBe(true);
    await page.getByLabel('Never use the server’s key').check();
    await page.getByLabel('Search engine to try first').selectOption('Tavily');
    await page.getByRole('button', { name: 'Save' }).click();
    await said(page, 'Your settings are saved.');
    expect((await server.query('policies', VIEWER)).viewer).toEqual({
      fallbackPolicy: 'NEVER',
      defaultSearchProvider: 'TAVILY',
    });
    await page.getByLabel('Search engine to try first').selectOption('None: the first with a key');
    await page.route('**/graphql', (route) => route.abort());
    await page.getByRole('button', { name: 'Save' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('The server does not answer').waitFor();
    await page.unroute('**/graphql');
    expect(await page.locator(':focus').innerText()).toBe('Save');
    await page.keyboard.press('Enter');
    await page.getByText('The server does not answer').waitFor({ state: 'detached' });
    await said(page, 'Your settings are saved.');
    expect((await server.query('policies', VIEWER)).viewer.defaultSearchProvider).toBeNull();
    expect(complaints.filter((text) => !text.includes('ERR_FAILED'))).toEqual([]);
  });

  it('make an access token, and show its secret this once', async () => {
    const { server, open } = running();
    const { page } = await open('tokens', 'settings');
    await page.getByText('You have none.').waitFor();
    await page.getByRole('button', { name: 'Create a token' }).click();
    const dialog = page.getByRole('dialog');
    await press(page, 'Create');
    await dialog.getByText('Give it a name.').waitFor();
    await dialog.getByText('Choose at least one.').waitFor();
    await dialog.getByLabel('Name').and(page.locator('[aria-invalid=true]:focus')).waitFor();
    await dialog.getByLabel('Name').fill('nightly report');
    await press(page, 'Create');
    await dialog.getByRole('checkbox').first().and(page.locator('[aria-invalid=true]:focus')).waitFor();
    await dialog.getByLabel('AUDIT', { exact: true }).check();
    await dialog.getByLabel('KEYS_READ', { exact: true }).check();
    await dialog.getByLabel('Expires').selectOption('At another time');
    await dialog.getByLabel('At', { exact: true }).fill(inDays(10).slice(0, 16));
    await press(page, 'Create');
    await page.getByText('It is shown this once.').waitFor();
    const secret = await dialog.getByLabel('Access token').inputValue();
    expect(secret).toMatch(/^ks_/);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await press(page, 'Copy');
    await dialog.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
    expect(await placesOfText(page, secret)).toEqual(['document']);
    await press(page, 'Done');
    expect(await placesOfText(page, secret)).toEqual([]);
    await page.getByRole('listitem').filter({ hasText: 'nightly report' }).waitFor();
    const { accessTokens } = await server.query('tokens', TOKENS);
    expect(accessTokens).toMatchObject([{ name: 'nightly report', scopes: ['KEYS_READ', 'AUDIT'] }]);
    expect(Date.parse(accessTokens[0].expiresAt)).toBeLessThan(Date.parse(inDays(11)));
    expect(await focusedName(page)).toBe('create-token');
    expect(await shownAsGraphQL(page)).toMatch(/^mutation CreateAccessToken\b/);
  });

  it('revoke an access token, after a question', async () => {
    const { server, open } = running();
    await createToken(server, 'revoking', { name: 'old report' });
    const { page } = await open('revoking', 'settings');
    await page.getByRole('button', { name: 'Revoke: old report' }).click();
    await page.getByText('This cannot be undone.').last().waitFor();
    await press(page, 'Cancel');
    expect(await focusedName(page)).toBe('Revoke: old report');
    await page.getByRole('button', { name: 'Revoke: old report' }).click();
    await press(page, 'Revoke');
    await said(page, 'The access token “old report” is revoked.');
    await page.getByText('You have none.').waitFor();
    expect((await server.query('revoking', TOKENS)).accessTokens).toEqual([]);
    expect(await shownAsGraphQL(page)).toMatch(/^mutation RevokeAccessToken\b/);
  });

  it('export everything that is kept, as a file', async () => {
    const { server, open } = running();
    await server.storeKey('exporting', 'OPENAI', keys.OPENAI);
    const { page, complaints } = await open('exporting', 'settings');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('keystream.jsonl');
    const lines = (await readFile(await download.path(), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; lines?: number });
    expect(lines.map(({ type }) => type)).toContain('apiKey');
    expect(lines.at(-1)).toEqual({ type: 'end', lines: lines.length - 1 });
    await said(page, `The export is complete: ${lines.length - 1} lines.`);
    expect(complaints).toEqual([]);
  });

  it('save no export that broke off, and say so', async () => {
    const { page } = await running().open('broken', 'settings');
    const downloads: unknown[] = [];
    page.on('download', (download) => downloads.push(download));
    await page.route('**/export', (route) =>
      route.fulfill({ contentType: 'application/jsonl', body: '{"type":"export"}\n{"type":"apiKey"}\n' }),
    );
    await page.getByRole('button', { name: 'Download' }).click();
    await page.getByText('The export broke off before its end').waitFor();
    await page.unroute('**/export');
    await page.route('**/export', (route) => route.abort());
    await page.getByRole('button', { name: 'Download' }).click();
    await page.getByText('The server does not answer').waitFor();
    expect(downloads).toEqual([]);
  });

  it('stop an export, and go on as if there had been none', async () => {
    const { page } = await running().open('stopping', 'settings');
    const downloads: unknown[] = [];
    page.on('download', (download) => downloads.push(download));
    await page.route('**/export', () => undefined);
    await page.getByRole('button', { name: 'Download' }).click();
    await page.getByText('0 KB so far').waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).focus();
    await page.keyboard.press('Enter');
    await said(page, 'The export was stopped. Nothing was saved.');
    expect(await focusedName(page)).toBe('page');
    expect(downloads).toEqual([]);
    await page.unroute('**/export');
    await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
  });

  it('say the same again, aloud, and do not keep it for ever', async () => {
    const watched = await openPage();
    await watched.page.clock.install();
    const { page } = await openConsole(watched, running().server.url, 'repeating', 'settings');
    const save = page.getByRole('button', { name: 'Save' });
    await save.waitFor();
    await page.evaluate(countSaid, 'Your settings are saved.');
    for (const count of [1, 2]) {
      await save.click();
      await page.waitForFunction((expected) => (globalThis as any).said === expected, count);
    }
    await page.getByRole('button', { name: 'Close' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Your settings are saved.').waitFor({ state: 'detached' });
    await save.click();
    await page.getByText('Your settings are saved.').waitFor();
    await page.clock.runFor(10_000);
    await page.getByText('Your settings are saved.').waitFor({ state: 'detached', timeout: 5_000 });
  });

  it('delete all data once the own id is typed, and sign out', async () => {
    const { server, open } = running();
    await server.storeKey('leaving', 'OPENAI', keys.OPENAI);
    const { page } = await open('leaving', 'settings');
    await page.getByRole('button', { name: 'Delete my data …' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.textContent()).toMatch(/cannot be undone.*audit trail stays.*leaving/s);
    await dialog.getByLabel('Type your user id to confirm').fill('somebody');
    await press(page, 'Delete everything');
    await dialog.getByText('This is not your user id.').waitFor();
    expect((await server.query('leaving', '{ apiKeys { id } }')).apiKeys).toHaveLength(1);
    await dialog.getByLabel('Type your user id to confirm').fill(' leaving ');
    await page.keyboard.press('Enter');
    await page.getByText('Your data is deleted, and you are signed out.').waitFor();
    expect((await server.query('leaving', '{ apiKeys { id } }')).apiKeys).toEqual([]);
    expect(await page.evaluate(() => ({ ...sessionStorage }))).toEqual({});
    await page.reload();
    await page.getByLabel('Token').waitFor();
  });

  it('say what to do where an access token has signed in', async () => {
    const { server } = running();
    const { secret } = await createToken(server, 'narrow', { scopes: ['KEYS_READ'] });
    const { page } = await openPage();
    await page.goto(`${server.url}/console/settings#token=${secret}`);
    await page.getByText('You are signed in with an access token').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('form [data-code=FORBIDDEN]').waitFor();
    await page.getByRole('button', { name: 'Download' }).click();
    await page.getByRole('region', { name: 'Export everything' }).locator('[data-code=FORBIDDEN]').waitFor();
    await page.getByRole('button', { name: 'Delete my data …' }).click();
    await page.getByLabel('Type your user id to confirm').fill('narrow');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').locator('[data-code=FORBIDDEN]').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('textbox', { name: 'Token' }).waitFor();
  });

  it.each(colorSchemes)('have no fault that axe finds, in %s colours', async (colorScheme) => {
    const { server, open } = running();
    await createToken(server, 'colours', { name: 'report', scopes: ['AUDIT', 'CHAT'] });
    const { page } = await open('colours', 'settings');
    await page.emulateMedia({ colorScheme });
    await page.getByRole('button', { name: 'Revoke: report' }).first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create a token' }).click();
    await press(page, 'Create');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('dialog').getByLabel('Name').fill('another');
    await page.getByRole('dialog').getByLabel('CHAT', { exact: true }).check();
    await press(page, 'Create');
    await page.getByText('It is shown this once.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    for (const name of ['Revoke: another', 'Delete my data …']) {
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name }).first().click();
      expect(await accessibilityFaults(page)).toEqual([]);
    }
  });

  it.each([1280, 640, 320])('need no scrolling sideways at %i pixels', async (width) => {
    const { server, open } = running();
    const scopes = ['CHAT', 'SEARCH', 'KEYS_READ', 'KEYS_WRITE', 'AUDIT'];
    await createToken(server, 'narrow-page', { name: 'a'.repeat(100), scopes });
    const { page } = await open('narrow-page', 'settings');
    await page.setViewportSize({ width, height: 800 });
    await page
      .getByRole('button', { name: /^Revoke: a/ })
      .first()
      .waitFor();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page
      .getByRole('button', { name: /^Revoke: a/ })
      .first()
      .click();
    const box = await page.getByRole('dialog').boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= width).toBe(true);
  });

  it.each(['de', 'zh'])('have all their texts in %s', async (language) => {
    const { page, complaints } = await running().open('languages', 'settings');
    await page.getByRole('button', { name: /Signed in as/ }).click();
    await page.getByLabel('Language', { exact: true }).selectOption(language);
    await page.locator(`html[lang=${language}]`).waitFor();
    await page.locator('main select').waitFor();
    expect(await page.locator('main').textContent()).not.toMatch(/settings\.\w|Access|your|server’s/);
    expect(complaints).toEqual([]);
  });
});

declare const navigator: { readonly clipboard: { readText(): Promise<string> } };
declare const sessionStorage: Record<string, string>;
