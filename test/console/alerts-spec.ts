import type { Page } from 'playwright-core';
import { AnomalyWatch } from '../../src/audit/anomalies/anomaly-watch.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { createToken } from '../support/access-tokens.js';
import { describeInChromium, useChromium } from '../support/chromium.js';
import { NetworkProxy } from '../support/network-proxy.js';
import { useTestServer } from '../support/use-test-server.js';
import { accessibilityFaults } from './accessibility.js';
import { focusedName } from './key-steps.js';
import { colorSchemes, openConsole, widestOverflow } from './use-console.js';

const KEY = 'key-of-the-alerts-suite-0123456789';
const SEARCH =
  'query ($engine: SearchProvider!) { webSearch(input: { query: "words", provider: $engine }) { provider } }';
const MUTED = '{ viewer { mutedRules } }';
const MUTE =
  'mutation ($rules: [String!]) { updateSettings(input: { mutedRules: $rules }) { viewer { id } } }';
const ALERTS = '{ keyAlertHistory { edges { node { id rule acknowledgedAt } } } }';
/** The first use of a key that was stored a month ago. */
const FIRST_USE = 'A key is used for something new';
const REFUSED = 'A key is refused again and again';

describeInChromium('the page of alerts', () => {
  const server = useTestServer();
  const openPage = useChromium();
  const open = async (user: string, page = 'alerts', url = server().url) =>
    openConsole(await openPage(), url, user, page);
  const settle = () => server().app.get(AnomalyWatch).settle();

  async function storeOldKey(user: string, provider: string): Promise<void> {
    await server().storeKey(user, provider, KEY);
    const createdAt = new Date(Date.now() - 30 * 86_400_000);
    await server().app.get(DatabaseService).client.apiKey.updateMany({ data: { createdAt } });
  }

  /** A month after a key was stored, its first use is unusual. */
  async function raise(user: string, engine = 'BRAVE'): Promise<void> {
    await storeOldKey(user, engine);
    await server().query(user, SEARCH, { engine });
    await settle();
  }

  const alertsOf = async (
    user: string,
  ): Promise<{ id: string; rule: string; acknowledgedAt: string | null }[]> =>
    (await server().query(user, ALERTS)).keyAlertHistory.edges.map(({ node }: { node: unknown }) => node);
  const menu = (page: Page, name: string) => page.getByRole('link', { name, exact: true });
  const cards = (page: Page) => page.getByRole('list', { name: 'Alerts' }).getByRole('article');

  it('counts in the menu, on every page, what comes, and says so aloud', async () => {
    const { page, complaints } = await open('alice', 'usage');
    await menu(page, 'Alerts').waitFor();
    await raise('alice');
    await menu(page, 'Alerts, 1 new').waitFor();
    await page
      .getByRole('status')
      .filter({ hasText: `New alert: ${FIRST_USE}` })
      .waitFor({ state: 'attached' });
    await menu(page, 'Settings').click();
    await raise('alice', 'TAVILY');
    await menu(page, 'Alerts, 2 new').click();
    await cards(page).nth(1).waitFor();
    expect(await cards(page).count()).toBe(2);
    expect(complaints).toEqual([]);
  });

  it('says what each is about, and leads to the key and to what happened', async () => {
    await storeOldKey('alice', 'BRAVE');
    server().standIn.revokeKey('BRAVE', KEY);
    for (let count = 0; count < 5; count += 1) await server().post('alice', SEARCH, { engine: 'BRAVE' });
    await settle();
    const { page } = await open('alice');
    const refused = cards(page).filter({ hasText: REFUSED });
    await refused.getByText('The provider refused the key 5 times within an hour.').waitFor();
    await refused.getByText('Make a new key at the provider').waitFor();
    const link = refused.getByRole('link', { name: /^Key .*Brave/ });
    expect(await link.getAttribute('href')).toBe('/console/keys#key-BRAVE');
    await link.click();
    await page.waitForFunction(() => document.activeElement?.id === 'key-BRAVE');
    expect(await page.locator('#key-BRAVE').evaluate(isInView)).toBe(true);
    await page.goBack();
    await refused.getByRole('link', { name: 'See what happened' }).click();
    await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
    await page.getByText('KEY_REJECTED').first().waitFor();
  });

  it('has one acknowledged, or all of them, and keeps it so', async () => {
    for (const engine of ['BRAVE', 'TAVILY', 'SERPER']) await raise('alice', engine);
    const { page } = await open('alice');
    await menu(page, 'Alerts, 3 new').waitFor();
    const first = cards(page).first();
    await first.getByRole('button', { name: /^Acknowledge: / }).focus();
    await page.keyboard.press('Enter');
    await first.getByText(/^Acknowledged /).waitFor();
    expect(await first.locator(':focus').innerText()).toBe(FIRST_USE);
    await menu(page, 'Alerts, 2 new').waitFor();
    await page.getByRole('button', { name: 'Acknowledge all 2' }).press('Enter');
    await page.getByText('2 alerts acknowledged.').waitFor();
    expect(await focusedName(page)).toBe('page');
    await menu(page, 'Alerts').waitFor();
    expect((await alertsOf('alice')).filter(({ acknowledgedAt }) => acknowledgedAt === null)).toEqual([]);
    await page.reload();
    await cards(page)
      .nth(2)
      .getByText(/^Acknowledged /)
      .waitFor();
    await menu(page, 'Alerts').waitFor();
  });

  it('survives a lost connection, and shows once what came meanwhile and what comes after', async () => {
    const proxy = await NetworkProxy.start(server().url);
    try {
      const { page } = await open('alice', 'alerts', new URL(proxy.urlOf(server().url)).origin);
      await raise('alice');
      await menu(page, 'Alerts, 1 new').waitFor();
      await proxy.refuse();
      await raise('alice', 'TAVILY');
      await proxy.accept();
      await menu(page, 'Alerts, 2 new').waitFor();
      await raise('alice', 'SERPER');
      await menu(page, 'Alerts, 3 new').waitFor();
      expect(await cards(page).count()).toBe(3);
      expect(new Set((await alertsOf('alice')).map(({ id }) => id)).size).toBe(3);
    } finally {
      await proxy.refuse();
    }
  });

  it('notices a network that is gone without a word', async () => {
    const proxy = await NetworkProxy.start(server().url);
    try {
      const { page } = await open('alice', 'alerts', new URL(proxy.urlOf(server().url)).origin);
      await raise('alice');
      await menu(page, 'Alerts, 1 new').waitFor();
      const reconnected = page.waitForEvent('websocket');
      proxy.hangOpen();
      const socket = await reconnected;
      await socket.waitForEvent('framesent', ({ payload }) => String(payload).includes('subscribe'));
      await raise('alice', 'TAVILY');
      await menu(page, 'Alerts, 2 new').waitFor();
    } finally {
      await proxy.refuse();
    }
  });

  it('mutes a rule and has it speak again, and leaves alone what it does not know', async () => {
    await server().query('carol', MUTE, { rules: ['NEW_NETWORK'] });
    const { page } = await open('carol');
    const burst = page.getByRole('switch', { name: 'Far more use than usual' });
    const mutedRules = async (): Promise<string[]> =>
      (await server().query('carol', MUTED)).viewer.mutedRules;
    await page.getByRole('switch', { name: 'Far more use than usual', checked: true }).waitFor();
    // What was changed elsewhere since the page was loaded stays, too.
    await server().query('carol', MUTE, { rules: ['NEW_NETWORK', 'NEW_MODEL'] });
    await burst.press('Space');
    await page.getByText('Muted: Far more use than usual').waitFor();
    expect((await mutedRules()).sort()).toEqual(['BURST', 'NEW_MODEL', 'NEW_NETWORK']);
    for (const name of ['Keys are used from a new network', FIRST_USE])
      await page.getByRole('switch', { name, checked: false }).waitFor();
    await burst.press('Space');
    await page.getByText('No longer muted: Far more use than usual').waitFor();
    expect((await mutedRules()).sort()).toEqual(['NEW_MODEL', 'NEW_NETWORK']);
  });

  it('mutes several rules at once, and keeps the focus where it is', async () => {
    const { page } = await open('dave');
    const rule = (name: string) => page.getByRole('switch', { name });
    await page.getByRole('switch', { name: FIRST_USE, checked: true }).waitFor();
    // The first answer comes when all rules have been switched.
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/graphql', async (route, request) => {
      if (request.postData()?.includes('mutedRules')) await held;
      await route.continue();
    });
    await rule(FIRST_USE).focus();
    await page.keyboard.press('Space');
    await rule(FIRST_USE).and(page.locator('[aria-disabled=true]')).waitFor();
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    answer();
    for (const name of [FIRST_USE, 'Far more use than usual'])
      await page
        .getByRole('switch', { name, checked: false })
        .and(page.locator('[aria-disabled=false]'))
        .waitFor();
    expect((await server().query('dave', MUTED)).viewer.mutedRules.sort()).toEqual(['BURST', 'NEW_MODEL']);
    expect(await page.locator(':focus').getAttribute('data-rule')).toBe('BURST');
  });

  it('explains every rule, and what it means that there is nothing', async () => {
    const { page } = await open('bob');
    await page.getByText('Nothing unusual was seen about your keys').waitFor();
    const switches = page.getByRole('switch');
    expect(await switches.count()).toBe(6);
    for (const rule of await switches.all()) {
      const id = (await rule.getAttribute('aria-describedby')) ?? '';
      expect(await page.locator(`#${id.split(' ')[0] ?? ''}`).textContent()).toMatch(/^.{40,}\.$/);
    }
  });

  it('says what to do where the token may not read alerts, and has no badge then', async () => {
    await raise('alice');
    const { secret } = await createToken(server(), 'alice', { scopes: ['AUDIT'] });
    const { page } = await openPage();
    await page.goto(`${server().url}/console/alerts#token=${secret}`);
    await page.getByText('Your token may not do this').first().waitFor();
    await menu(page, 'Alerts').waitFor();
    const { secret: reader } = await createToken(server(), 'alice', { scopes: ['KEYS_READ'] });
    await page.goto('about:blank');
    await page.goto(`${server().url}/console/alerts#token=${reader}`);
    await menu(page, 'Alerts, 1 new').waitFor();
    await cards(page)
      .getByRole('button', { name: /^Acknowledge: / })
      .click();
    await page.getByText('Your token may not do this').waitFor();
    await menu(page, 'Alerts, 1 new').waitFor();
  });

  it('shows older ones page by page', async () => {
    const at = Date.now() - 86_400_000;
    const hex = (number: number) => number.toString(16).padStart(12, '0');
    await server()
      .app.get(DatabaseService)
      .client.keyAlert.createMany({
        data: Array.from({ length: 230 }, (_, index) => {
          const time = hex(at - index * 1_000);
          return {
            id: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`,
            ...{
              userId: 'alice',
              at: new Date(at - index * 1_000),
              rule: 'A_NEW_RULE',
              explanation: `Number ${index}.`,
            },
          };
        }),
      });
    const { page } = await open('alice');
    await menu(page, 'Alerts, more than 99 new').waitFor();
    await cards(page).nth(199).waitFor();
    await cards(page).first().getByText('A_NEW_RULE').waitFor();
    await page.getByRole('button', { name: 'Older', exact: true }).press('Enter');
    await cards(page).nth(229).getByText('Number 229.').waitFor();
    expect(await page.getByRole('button', { name: 'Older', exact: true }).count()).toBe(0);
    expect(await focusedName(page)).toBe('page');
    await page.getByRole('button', { name: 'Show as GraphQL' }).click();
    await page.getByRole('dialog').getByText('"after": "').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Show as GraphQL' }).click();
    await page.getByRole('dialog').getByText('keyAlertHistory').waitFor();
    await page.getByRole('dialog').getByText('"after": null').waitFor();
  });

  it.each(colorSchemes)(
    'has no fault that axe finds, in %s colours, and fits a phone',
    async (colorScheme) => {
      await raise('alice');
      const { page, complaints } = await open('alice');
      await page.emulateMedia({ colorScheme });
      await cards(page).first().waitFor();
      await page.getByRole('switch', { checked: true }).first().waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await widestOverflow(page, [640, 320])).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
    },
  );

  it.each(['Deutsch', '中文'])('has all of its words in %s', async (language) => {
    await raise('alice');
    const { page, complaints } = await open('alice');
    await page.getByRole('button', { name: 'Signed in as alice' }).click();
    await page.getByLabel('Language').selectOption(language);
    await page.getByText(language === 'Deutsch' ? 'Was eine Warnung auslöst' : '什么会触发警报').waitFor();
    // What the server says is marked as English, beside what it means.
    const card = page.getByRole('article').first();
    await card.getByText(language === 'Deutsch' ? 'Einer Ihrer älteren Schlüssel' : '首次被使用').waitFor();
    expect(await card.locator('[lang=en]').innerText()).toMatch(/^[A-Z].*\.$/);
    expect(complaints).toEqual([]);
  });
});

/** Runs in the browser. */
function isInView(element: {
  getBoundingClientRect(): { readonly top: number; readonly bottom: number };
}): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

declare const document: { readonly activeElement: { readonly id: string } | null };
declare const innerHeight: number;
