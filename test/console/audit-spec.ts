import type { Page } from 'playwright-core';
import { v7 as uuidv7 } from 'uuid';
import { DatabaseService } from '../../src/prisma/database.service.js';
import type { DatabaseClient } from '../../src/prisma/prisma-client.js';
import { describeInChromium, useChromium } from '../support/chromium.js';
import { useTestServer } from '../support/use-test-server.js';
import { accessibilityFaults } from './accessibility.js';
import { countSaid } from './count-said.js';
import { saved } from './saved-file.js';
import { setTimeZone } from './time-zone.js';
import { focusedName } from './key-steps.js';
import { colorSchemes, openConsole, widestOverflow } from './use-console.js';

const KEY = 'key-of-the-audit-suite-0123456789';
const CHAT = `mutation ($provider: ChatProvider!) {
  completeChat(input: { provider: $provider, messages: [{ role: USER, content: "Hello" }] }) { chatId }
}`;

type Row = Parameters<DatabaseClient['auditEvent']['create']>[0]['data'];

describeInChromium('the page of the audit trail', () => {
  const server = useTestServer();
  const openPage = useChromium();
  const open = async (user = 'alice', page = 'audit') =>
    openConsole(await openPage(), server().url, user, page);

  /** Events in their order, oldest first. @returns their ids */
  async function write(rows: readonly Partial<Row>[]): Promise<string[]> {
    const data = rows.map((row): Row => ({
      ...{
        id: uuidv7(),
        userId: 'alice',
        kind: 'KEY_USED',
        outcome: 'OK',
        at: new Date(),
        provider: 'OPENAI',
      },
      ...row,
    }));
    await server().app.get(DatabaseService).client.auditEvent.createMany({ data });
    return data.map(({ id }) => String(id));
  }
  const writeMany = (count: number) =>
    write(Array.from({ length: count }, (_, index) => ({ detail: `event ${index}` })));

  const rows = (page: Page) => page.locator('tr[data-event]');
  const idsOf = (page: Page): Promise<(string | null)[]> =>
    rows(page).evaluateAll((all) => all.map((row) => (row as { dataset: { event: string } }).dataset.event));
  const untilShown = (page: Page, count: number) =>
    page.waitForFunction(
      (expected) => (globalThis as any).document.querySelectorAll('tr[data-event]').length === expected,
      count,
    );

  it('shows the newest first, and older ones page by page, each once', async () => {
    const ids = await writeMany(120);
    const { page, complaints } = await open();
    await untilShown(page, 50);
    expect(await idsOf(page)).toEqual([...ids].reverse().slice(0, 50));
    await page.getByRole('button', { name: 'Older', exact: true }).focus();
    await page.keyboard.press('Enter');
    await untilShown(page, 100);
    await page.keyboard.press('Enter');
    await untilShown(page, 120);
    expect(await idsOf(page)).toEqual([...ids].reverse());
    expect(await page.getByRole('button', { name: 'Older', exact: true }).count()).toBe(0);
    expect(await focusedName(page)).toBe('page');
    expect(complaints).toEqual([]);
  });

  it('says in words what happened and how it ended, and all of it where a line is opened', async () => {
    const keyId = await server().storeKey('alice', 'OPENAI', KEY);
    await server().query('alice', CHAT, { provider: 'OPENAI' });
    server().standIn.revokeKey('OPENAI', KEY);
    await server().post('alice', CHAT, { provider: 'OPENAI' });
    const { page } = await open();
    await untilShown(page, 5);
    expect(await rows(page).getByRole('rowheader').allInnerTexts()).toEqual([
      ...['Chat finished', 'Key used', 'Chat finished', 'Key used', 'Key stored'],
    ]);
    expect(await rows(page).locator('[data-outcome]').allInnerTexts()).toEqual([
      ...['KEY_REJECTED', 'OK', 'OK', 'OK', 'OK'],
    ]);
    const details = page.getByLabel('All that the event says');
    const opener = rows(page)
      .first()
      .getByRole('button', { name: /^Details: Chat finished, / });
    await opener.press('Enter');
    await details.getByText('The provider refuses the key').waitFor();
    expect(await opener.getAttribute('aria-expanded')).toBe('true');
    await opener.press('Space');
    await details.waitFor({ state: 'detached' });
    await rows(page)
      .nth(2)
      .getByRole('button', { name: /^Details/ })
      .click();
    const [event] = (
      await server().query(
        'alice',
        '{ auditEvents(filter: { kinds: [CHAT_FINISHED] }) { edges { node { id at chatId model inputTokens outputTokens } } } }',
      )
    ).auditEvents.edges.slice(1);
    const text = await details.innerText();
    for (const value of [...Object.values(event.node), keyId, 'CHAT_FINISHED', 'Your key'])
      expect(text).toContain(String(value));
    expect(await details.locator('dt').count()).toBe(17);
    await page.getByRole('button', { name: 'Only this chat' }).press('Enter');
    await untilShown(page, 2);
    await page.locator('#audit-chat:focus').waitFor();
    expect(new URL(page.url()).searchParams.get('chat')).toBe(event.node.chatId);
    await rows(page).first().getByRole('link').press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
    expect(await focusedName(page)).toBe('page');
  });

  it('filters by each condition, keeps the filter in the address, and clears it', async () => {
    const keyId = await server().storeKey('alice', 'OPENAI', KEY);
    const chatId = uuidv7();
    const [, chat] = await write([
      { kind: 'SETTINGS_UPDATED', provider: null },
      { kind: 'CHAT_FINISHED', provider: 'OPENAI', keyId, chatId, model: 'm' },
      { kind: 'SEARCH_FINISHED', provider: 'BRAVE', at: new Date('2026-03-01T12:00:00Z') },
    ]);
    const { page } = await open();
    await untilShown(page, 4);
    await page.getByRole('button', { name: 'Events: All events' }).press('Enter');
    await page.getByRole('checkbox', { name: 'Chat finished' }).press('Space');
    await untilShown(page, 1);
    await page.getByRole('checkbox', { name: 'Search finished' }).press('Space');
    await untilShown(page, 2);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Events: 2 kinds of events' }).waitFor();
    await page.getByLabel('Provider').selectOption({ label: 'OpenAI' });
    await untilShown(page, 1);
    await page.getByLabel('Key', { exact: true }).selectOption(keyId);
    await page.getByLabel('Chat id').fill('nonsense');
    await page.getByLabel('Chat id').blur();
    await page.getByText('This is no id of a chat.').waitFor();
    await page.getByLabel('Chat id').fill(chatId);
    await untilShown(page, 1);
    const address = new URL(page.url()).searchParams;
    expect(Object.fromEntries(address)).toEqual({
      ...{ kinds: 'CHAT_FINISHED,SEARCH_FINISHED', provider: 'OPENAI', key: keyId, chat: chatId },
    });
    await page.reload();
    await untilShown(page, 1);
    expect(await idsOf(page)).toEqual([chat]);
    await page.getByRole('button', { name: 'Clear the filter' }).press('Enter');
    await page.getByRole('button', { name: 'Clear the filter' }).waitFor({ state: 'detached' });
    expect(await focusedName(page)).toBe('page');
    await untilShown(page, 4);
    expect(new URL(page.url()).search).toBe('');
    await page.getByLabel('Before').fill('2026-04-01T00:00');
    await untilShown(page, 1);
    await page.getByLabel('From').fill('2026-03-31T00:00');
    await page.getByText('No event meets these conditions.').waitFor();
    expect(new URL(page.url()).searchParams.get('from')).toBe(new Date('2026-03-31T00:00').toISOString());
  });

  it('does not say that there are no events where it could not ask', async () => {
    const { page } = await open();
    await page.getByText('No event meets these conditions.').waitFor();
    await page.route('**/graphql', (route) => route.abort());
    await page.getByLabel('Provider').selectOption({ label: 'OpenAI' });
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    expect(await page.getByText('No event meets these conditions.').count()).toBe(0);
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('No event meets these conditions.').waitFor();
  });

  it('has its caption in a narrow window, wherever the table is scrolled to', async () => {
    await writeMany(3);
    const { page } = await open();
    await untilShown(page, 3);
    await page.setViewportSize({ width: 320, height: 640 });
    const table = page.getByRole('region', { name: 'Events', exact: true });
    for (const left of [0, 200]) {
      await table.evaluate((element: any, to) => element.scrollTo(to, 0), left);
      const { x, width } = (await page.locator('caption > *').boundingBox())!;
      const region = (await table.boundingBox())!;
      expect(x).toBeGreaterThanOrEqual(region.x);
      expect(x + width).toBeLessThanOrEqual(region.x + region.width);
    }
  });

  it('has times typed by the keyboard, and asks for what is meant alone', async () => {
    await writeMany(1);
    const { page, complaints } = await open();
    await untilShown(page, 1);
    const asked: unknown[] = [];
    page.on('request', (request) => {
      if (!request.postData()?.includes('query AuditEvents')) return;
      asked.push((request.postDataJSON() as { variables: { filter: unknown } }).variables.filter);
    });
    await page.getByLabel('From').focus();
    await page.keyboard.type('03312026');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.type('0100AM');
    await page.waitForURL(/from=/);
    await page.getByLabel('From').blur();
    await page.getByLabel('From').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.type('2025');
    expect(await page.getByLabel('From').inputValue()).toBe('2025-03-31T01:00');
    await page.getByLabel('Chat id').fill(uuidv7());
    await page.getByText('No event meets these conditions.').waitFor();
    expect(await page.locator(':focus').getAttribute('placeholder')).toBe('01890000-…');
    const from = (year: number) => ({ from: new Date(`${year}-03-31T01:00`).toISOString() });
    expect(asked).toEqual([from(2026), from(2025), { ...from(2025), chatId: expect.any(String) }]);
    expect(complaints).toEqual([]);
  });

  it('has times of the place, across a change of its clocks, too', async () => {
    const moments = ['2026-03-08T05:29:00Z', '2026-03-08T05:31:00Z'];
    const [, after] = await write(moments.map((at) => ({ at: new Date(at) })));
    const watched = await openPage();
    await setTimeZone(watched.page, 'America/St_Johns');
    const { page } = await openConsole(watched, server().url, 'alice', 'audit?from=2026-03-08T05:30:00.000Z');
    await untilShown(page, 1);
    expect(await idsOf(page)).toEqual([after]);
    await rows(page).getByText('Mar 8, 2026, 3:01:00 AM').waitFor();
    expect(await page.getByLabel('From').inputValue()).toBe('2026-03-08T03:00');
    await page.getByLabel('From').fill('2026-03-08T01:59');
    await untilShown(page, 2);
    expect(new URL(page.url()).searchParams.get('from')).toBe('2026-03-08T05:29:00.000Z');
  });

  it('follows: what is new comes on top and is said aloud, and none of it is asked for by a hidden page', async () => {
    await writeMany(3);
    const watched = await openPage();
    await watched.page.clock.install();
    const { page } = await openConsole(watched, server().url, 'alice', 'audit');
    await untilShown(page, 3);
    await page.getByRole('switch', { name: 'Follow' }).press('Space');
    await page.getByText('New events appear here by themselves.').waitFor();
    const ids = await writeMany(3);
    await page.getByRole('status').filter({ hasText: '3 new events' }).waitFor();
    expect((await idsOf(page)).slice(0, 3)).toEqual([...ids].reverse());
    await page.evaluate(setHidden, true);
    // What was asked before it was hidden may still be on its way.
    await page.waitForLoadState('networkidle');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.postData() ?? ''));
    await writeMany(1);
    await page.clock.runFor(60_000);
    expect(asked.filter((query) => query.includes('AuditEvents'))).toEqual([]);
    await page.evaluate(setHidden, false);
    await page.getByRole('status').filter({ hasText: '1 new event' }).waitFor();
    // The same words are said again.
    await page.evaluate(countSaid, '1 new event');
    await writeMany(1);
    await page.waitForFunction(() => (globalThis as any).said === 1);
    await page.getByRole('switch', { name: 'Follow' }).click();
    await page.getByText('1 new event').waitFor({ state: 'detached' });
  });

  it('keeps in its place what is read while events come', async () => {
    await writeMany(50);
    const { page } = await open();
    await untilShown(page, 50);
    await page.getByRole('switch', { name: 'Follow' }).click();
    const row = rows(page).nth(30);
    const id = (await row.getAttribute('data-event')) ?? '';
    await row.scrollIntoViewIfNeeded();
    await page.evaluate(() => (globalThis as any).scrollBy(0, 200));
    const topOf = () =>
      page
        .locator(`tr[data-event="${id}"]`)
        .evaluate((element: any) => element.getBoundingClientRect().top as number);
    const top = await topOf();
    await writeMany(4);
    await page.getByRole('status').filter({ hasText: '4 new events' }).waitFor({ state: 'attached' });
    expect(Math.abs((await topOf()) - top)).toBeLessThan(2);
    // At the beginning a line that is open is read, too.
    await page.evaluate(() => (globalThis as any).scrollTo(0, 0));
    const opener = rows(page)
      .first()
      .getByRole('button', { name: /^Details/ });
    const first = (await rows(page).first().getAttribute('data-event')) ?? '';
    await opener.click();
    const opened = page.locator(`tr[data-event="${first}"]`);
    const before = await opened.evaluate((element: any) => element.getBoundingClientRect().top as number);
    await writeMany(2);
    await page.getByRole('status').filter({ hasText: '2 new events' }).waitFor({ state: 'attached' });
    const after = await opened.evaluate((element: any) => element.getBoundingClientRect().top as number);
    expect(Math.abs(after - before)).toBeLessThan(2);
  });

  it('says that the server is away while it follows, and goes on when it is back', async () => {
    await writeMany(1);
    const { page } = await open();
    await untilShown(page, 1);
    await page.getByRole('switch', { name: 'Follow' }).click();
    await page.route('**/graphql', (route) => route.abort());
    await page.getByText('The server does not answer. Next try in 6 seconds.').waitFor();
    await page.unroute('**/graphql');
    await writeMany(1);
    await page.getByText('1 new event').waitFor();
    expect(await idsOf(page)).toHaveLength(2);
  });

  it('notices a network that is gone without a word: while it follows, loads older ones or saves a file', async () => {
    await writeMany(250);
    const { page } = await open();
    await untilShown(page, 50);
    const older = page.getByRole('button', { name: 'Older', exact: true });
    const away = page.getByText('The server does not answer');
    // What is asked of the trail gets no answer, nor an error.
    const hang = () =>
      page.route('**/graphql', (route, request) =>
        request.postData()?.includes('query AuditEvents') ? undefined : route.continue(),
      );
    await hang();
    await page.getByRole('button', { name: 'Save as CSV' }).click();
    await older.click();
    await page.getByText('Stopped after 0 events.').waitFor();
    await away.nth(1).waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).last().click();
    await untilShown(page, 100);
    await saved(page, () => page.getByRole('button', { name: 'Try again' }).click());
    await hang();
    await page.getByRole('switch', { name: 'Follow' }).click();
    await page.getByText('The server does not answer. Next try in 6 seconds.').waitFor();
    await page.unroute('**/graphql');
    await writeMany(1);
    await page.getByText('1 new event').waitFor();
  });

  it('saves all that the filter lets through, page by page, with no formula in it', async () => {
    const ids = await writeMany(450);
    await write([{ kind: 'CHAT_FINISHED', model: '=1+1', detail: 'with "quotes", and more' }]);
    await write([{ kind: 'ANOMALY', at: new Date('2026-01-01T00:00:00Z') }]);
    const { page } = await open('alice', 'audit?kinds=KEY_USED,CHAT_FINISHED');
    await untilShown(page, 50);
    const file = await saved(page, () => page.getByRole('button', { name: 'Save as CSV' }).press('Enter'));
    expect(file.name).toMatch(/^keystream-audit-until-20\d\d-\d\d-\d\d\.csv$/);
    expect(file.rows).toHaveLength(451);
    expect(file.rows[0]).toMatchObject({
      kind: 'CHAT_FINISHED',
      model: "'=1+1",
      detail: 'with "quotes", and more',
    });
    expect(file.rows.slice(1).map(({ id }) => id)).toEqual([...ids].reverse());
    expect(file.rows[1]).toMatchObject({ provider: 'OPENAI', outcome: 'OK', keyId: '', detail: 'event 449' });
    await page.getByText('451 events saved.').waitFor();
    expect(new URL(page.url()).searchParams.get('kinds')).toBe('KEY_USED,CHAT_FINISHED');
  });

  it('shows how far it is with a file, can be stopped, and goes on after a failure', async () => {
    await writeMany(450);
    const { page } = await open();
    await untilShown(page, 50);
    // The second page of the file waits, or fails, as long as the test wants it to.
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    let isHeld = true;
    await page.route('**/graphql', async (route, request) => {
      const { variables } = request.postDataJSON() as { variables: { first: number; after: string | null } };
      if (isHeld && variables.first === 200 && variables.after !== null) await held;
      await route.continue().catch(() => undefined);
    });
    await page.getByRole('button', { name: 'Save as CSV' }).click();
    await page.getByText('200 events so far').waitFor();
    await page.getByRole('button', { name: 'Stop' }).press('Enter');
    await page.getByText('Stopped. Nothing was saved.').waitFor();
    expect(await focusedName(page)).toBe('page');
    isHeld = false;
    answer();
    await page.unroute('**/graphql');
    let failures = 0;
    await page.route('**/graphql', async (route, request) => {
      const { variables } = request.postDataJSON() as { variables: { first: number; after: string | null } };
      if (failures === 0 && variables.first === 200 && variables.after !== null) {
        failures += 1;
        await route.abort();
      } else await route.continue();
    });
    await page.getByRole('button', { name: 'Save as CSV' }).click();
    await page.getByText('Stopped after 200 events.').waitFor();
    // Another filter drops what was fetched, and the offer to go on from there.
    await page.getByLabel('Provider').selectOption({ label: 'OpenAI' });
    await page.getByText('Stopped after 200 events.').waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    failures = 0;
    await page.getByRole('button', { name: 'Save as CSV' }).click();
    await page.getByText('Stopped after 200 events.').waitFor();
    const { rows: lines } = await saved(page, () => page.getByRole('button', { name: 'Try again' }).click());
    expect(new Set(lines.map(({ id }) => id)).size).toBe(450);
  });

  it.each([
    [true, 'Trail verified', 'no row of the trail was changed'],
    [false, 'Trail was altered', 'before the operator has looked into it'],
    [null, 'Trail not verified yet', 'The servers verify every hour'],
  ])('says what it means that the trail is as it is: %s', async (ok, name, meaning) => {
    const { page, ...watched } = await openPage();
    await page.route('**/graphql', async (route, request) => {
      if (!request.postData()?.includes('query AuditIntegrity')) return route.continue();
      const auditIntegrity = {
        ...{ __typename: 'AuditIntegrity', ok, checkedAt: ok === null ? null : '2026-03-01T12:00:00.000Z' },
      };
      await route.fulfill({ json: { data: { auditIntegrity } } });
    });
    await openConsole({ page, ...watched }, server().url, 'alice', 'audit');
    const badge = page.getByRole('button', { name });
    await badge.press('Enter');
    const words = page.getByRole('dialog', { name: 'Can the trail be believed?' });
    await words.getByText(meaning).waitFor();
    await words.getByText(ok === null ? 'Not verified yet.' : 'Mar 1, 2026').waitFor();
    await page.keyboard.press('Escape');
    await words.waitFor({ state: 'hidden' });
    expect(await badge.evaluate((element: any) => element === element.ownerDocument.activeElement)).toBe(
      true,
    );
  });

  it('has the state of the real trail, and asks for it again where it did not come', async () => {
    const { page, ...watched } = await openPage();
    await page.route('**/graphql', (route, request) =>
      request.postData()?.includes('query AuditIntegrity') ? route.abort() : route.continue(),
    );
    await openConsole({ page, ...watched }, server().url, 'alice', 'audit');
    const again = page.getByRole('button', { name: 'Trail’s state unknown: try again' });
    await again.waitFor();
    await page.unroute('**/graphql');
    await again.press('Enter');
    await page.getByRole('button', { name: /^Trail (verified|not verified yet)$/ }).waitFor();
    expect(await focusedName(page)).toBe('page');
  });

  it('says what is wrong where the server is away, and that there is nothing', async () => {
    const { page, ...watched } = await openPage();
    await page.route('**/graphql', (route, request) =>
      request.postData()?.includes('query AuditEvents') ? route.abort() : route.continue(),
    );
    await openConsole({ page, ...watched }, server().url, 'alice', 'audit');
    await page.getByText('The server does not answer').waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again', exact: true }).click();
    await page.getByText('No event meets these conditions.').waitFor();
  });

  it.each(colorSchemes)(
    'has no fault that axe finds, in %s colours, and fits a phone',
    async (colorScheme) => {
      await server().storeKey('alice', 'OPENAI', KEY);
      await server().query('alice', CHAT, { provider: 'OPENAI' });
      await write([
        { kind: 'CHAT_FINISHED', outcome: 'CANCELLED' },
        { kind: 'CHAT_FINISHED', outcome: 'PROVIDER_TIMEOUT' },
      ]);
      const { page, complaints } = await open();
      await page.emulateMedia({ colorScheme });
      await untilShown(page, 5);
      await rows(page)
        .first()
        .getByRole('button', { name: /^Details/ })
        .click();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole('button', { name: /^Trail/ }).click();
      await page.getByRole('dialog').waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: /^Events: / }).click();
      await page.getByRole('checkbox').first().waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await widestOverflow(page, [640, 320])).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
    },
  );

  it.each([
    ['Deutsch', 'Schlüssel verwendet'],
    ['中文', '已使用密钥'],
  ])('has all of its words in %s', async (language, words) => {
    await writeMany(1);
    const { page, complaints } = await open();
    await page.getByRole('button', { name: 'Signed in as alice' }).click();
    await page.getByLabel('Language').selectOption(language);
    await rows(page).getByText(words, { exact: true }).waitFor();
    await rows(page).getByRole('button').click();
    expect(complaints).toEqual([]);
  });
});

/** Runs in the browser: what a page is told when its tab goes to the back, and comes again. */
function setHidden(isHidden: boolean): void {
  const { document, Event } = globalThis as any;
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => isHidden });
  document.dispatchEvent(new Event('visibilitychange'));
}
