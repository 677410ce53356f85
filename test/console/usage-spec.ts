import type { Page } from 'playwright-core';
import { createToken } from '../support/access-tokens.js';
import { DatabaseService } from '../../src/prisma/database.service.js';
import { describeInChromium, useChromium } from '../support/chromium.js';
import { useTestServer } from '../support/use-test-server.js';
import { accessibilityFaults } from './accessibility.js';
import { saved } from './saved-file.js';
import { setTimeZone } from './time-zone.js';
import { colorSchemes, openConsole, widestOverflow } from './use-console.js';

const KEY = 'key-of-the-usage-suite-0123456789';
const CHAT = `mutation ($provider: ChatProvider!, $model: String) {
  completeChat(input: { provider: $provider, model: $model, messages: [{ role: USER, content: "Hello" }] }) { chatId }
}`;
const SEARCH = '{ webSearch(input: { query: "words", provider: TAVILY }) { tookMs } }';
const TOTALS = 'chats searches failures inputTokens outputTokens unpricedChats cost { amount }';
const USAGE = `{ usage {
  totals { ${TOTALS} } byProvider { provider totals { ${TOTALS} } }
  byModel { model totals { ${TOTALS} } } byKey { keyId totals { ${TOTALS} } }
} }`;
const PARTS = ['Over time', 'By provider', 'By model', 'By key'] as const;

describeInChromium('the page of usage', () => {
  const server = useTestServer();
  const openPage = useChromium();
  const open = async (user: string, page = 'usage') =>
    openConsole(await openPage(), server().url, user, page);
  const chat = (provider: string, model?: string) => server().post('alice', CHAT, { provider, model });

  /** Chats of two keys and three models, a failure and a search. */
  async function use(): Promise<Readonly<Record<'openai' | 'anthropic' | 'tavily', string>>> {
    const [openai = '', anthropic = '', tavily = ''] = await Promise.all(
      ['OPENAI', 'ANTHROPIC', 'TAVILY'].map((provider) => server().storeKey('alice', provider, KEY)),
    );
    await chat('OPENAI', 'gpt-5.4-mini');
    await chat('OPENAI', 'gpt-5.4-mini');
    await chat('OPENAI', 'no,"price"');
    await chat('ANTHROPIC', 'claude-haiku-4-5');
    await server().query('alice', SEARCH);
    server().standIn.revokeKey('ANTHROPIC', KEY);
    await chat('ANTHROPIC', 'claude-haiku-4-5');
    return { openai, anthropic, tavily };
  }

  const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
  const table = (page: Page, part: string) =>
    page.getByRole('region', { name: `${part}: table` }).getByRole('table');
  const row = (page: Page, part: string, name: string) =>
    table(page, part)
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name, exact: true }) });
  const cellsOf = async (page: Page, part: string, name: string): Promise<Record<string, string>> => {
    await row(page, part, name).waitFor();
    const names = await table(page, part).getByRole('columnheader').allInnerTexts();
    const cells = await row(page, part, name).locator('th, td').allInnerTexts();
    return Object.fromEntries(names.map((heading, index) => [heading.trim(), cells[index]?.trim() ?? '']));
  };

  it('sums up all, and by provider, model, key and day, each as a chart and as a table', async () => {
    await use();
    const { usage } = await server().query('alice', USAGE);
    const { page, complaints } = await open('alice');
    const sums = page.getByLabel('Totals');
    await sums.getByText(usage.totals.inputTokens.toLocaleString('en'), { exact: true }).waitFor();
    expect(await sums.innerText()).toContain(`Chats\n${usage.totals.chats}`);
    expect(await sums.innerText()).toContain(`${usage.totals.unpricedChats} chat has no known price`);
    for (const part of PARTS) {
      await page
        .getByRole('img', { name: `Tokens: ${part}. A bar chart; the table below has the same figures.` })
        .waitFor();
      expect(await table(page, part).locator('caption').innerText()).not.toBe('');
      expect(await table(page, part).locator('thead th:not([scope=col])').count()).toBe(0);
    }
    // Bars are as long as their figures are large. They are drawn when somebody comes to them.
    const providers = section(page, 'By provider');
    await providers.getByRole('img').scrollIntoViewIfNeeded();
    await providers.locator('.recharts-bar path').first().waitFor();
    const long = await Promise.all(
      [0, 1].map((part) =>
        providers
          .locator('.recharts-bar')
          .nth(part)
          .locator('path')
          .evaluateAll((bars) =>
            bars.reduce<number>((sum, bar: any) => sum + Number(bar.getBBox().width), 0),
          ),
      ),
    );
    const { inputTokens, outputTokens } = usage.totals;
    expect(long[0]! / long[1]!).toBeCloseTo(inputTokens / outputTokens, 1);
    const openai = usage.byProvider.find(
      ({ provider }: { provider: string }) => provider === 'OPENAI',
    ).totals;
    expect(await cellsOf(page, 'By provider', 'OpenAI')).toMatchObject({
      ...{ 'Paid with': 'Your key', Chats: '3', Searches: '0', Failures: '0' },
      ...{ 'Tokens in': String(openai.inputTokens), 'Tokens out': String(openai.outputTokens) },
      ...{ Cost: expect.stringMatching(/^\$0\.0/), 'Unpriced chats': '1' },
    });
    expect(await cellsOf(page, 'By provider', 'Tavily')).toMatchObject({
      Chats: '0',
      Searches: '1',
      Cost: '–',
    });
    expect(await cellsOf(page, 'By model', 'gpt-5.4-mini')).toMatchObject({ Provider: 'OpenAI', Chats: '2' });
    const masked = (await server().query('alice', '{ apiKeys { provider maskedKey } }')).apiKeys.find(
      ({ provider }: { provider: string }) => provider === 'ANTHROPIC',
    ).maskedKey as string;
    const anthropic = row(page, 'By key', masked).filter({ hasText: 'Anthropic' });
    expect((await anthropic.locator('td').allInnerTexts()).slice(0, 5)).toEqual([
      'Anthropic',
      'Your key',
      '2',
      '0',
      '1',
    ]);
    expect(complaints).toEqual([]);
  });

  it('draws what is chosen, and says where there is nothing to draw', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    await chat('OPENAI', 'gpt-5.4-mini');
    const { page } = await open('alice');
    await page.getByRole('radio', { name: 'Cost' }).press('ArrowRight');
    await page.getByRole('img', { name: /^Requests: By model/ }).waitFor();
    await page.getByRole('radio', { name: 'Requests' }).press('ArrowRight');
    await section(page, 'By model').getByText('Nothing failed in this time.').waitFor();
    expect(await page.getByRole('img', { name: /Over time/ }).count()).toBe(0);
    await page.reload();
    await section(page, 'By key').getByText('Nothing failed in this time.').waitFor();
    expect(new URL(page.url()).searchParams.get('measure')).toBe('failures');
  });

  it('asks for the range that is chosen, in hours where that makes sense, and keeps it in the address', async () => {
    const watched = await openPage();
    // Where days begin half an hour off, and one of them has 23 hours.
    await setTimeZone(watched.page, 'America/St_Johns');
    const { page } = await openConsole(watched, server().url, 'alice', 'usage');
    const asked = async (action: () => Promise<unknown>) => {
      const [request] = await Promise.all([
        page.waitForRequest((sent) => sent.postData()?.includes('query Usage') ?? false),
        action(),
      ]);
      const { from, to, bucket } = (request.postDataJSON() as { variables: Record<string, string> })
        .variables;
      return { bucket, hours: (Date.parse(to!) - Date.parse(from!)) / 3_600_000, from, to };
    };
    const choose = (range: string) =>
      asked(() => page.getByLabel('Time', { exact: true }).selectOption({ label: range }));
    expect(await choose('Last 24 hours')).toMatchObject({ bucket: 'HOUR', hours: 24 });
    expect(await choose('Last 7 days')).toMatchObject({ bucket: 'DAY', hours: 7 * 24 });
    const byHour = await asked(() => page.getByLabel('Steps').selectOption({ label: 'Hour' }));
    expect(byHour).toMatchObject({ bucket: 'HOUR', hours: 7 * 24 });
    expect(await choose('Last 90 days')).toMatchObject({ bucket: 'DAY', hours: 90 * 24 });
    expect(await page.getByLabel('Steps').locator('option').allInnerTexts()).toEqual(['Day']);
    expect((await choose('This month')).from).toMatch(/-01T00:00:00.000Z$/);
    await page.getByLabel('Time', { exact: true }).selectOption({ label: 'Days of your choice' });
    await page.getByText('Choose the first and the last day.').waitFor();
    await page.getByLabel('First day').fill('2026-03-01');
    await asked(() => page.getByLabel('Last day').fill('2026-03-02'));
    await page.getByText('Mar 1 – 2, 2026, UTC').waitFor();
    const acrossTheChange = await asked(() => page.getByLabel('Last day').fill('2026-03-08'));
    expect(acrossTheChange).toMatchObject({ to: '2026-03-09T00:00:00.000Z', hours: 8 * 24 });
    await page.getByText('Mar 1 – 8, 2026, UTC').waitFor();
    await page.getByLabel('Last day').fill('2026-02-01');
    await page.getByText('The first day must not be after the last one.').waitFor();
    const reloaded = await asked(async () => {
      await page.getByLabel('Last day').fill('2026-03-03');
      await page.reload();
    });
    expect(reloaded).toMatchObject({
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-03-04T00:00:00.000Z',
      bucket: 'HOUR',
    });
  });

  it('finds and sorts lines, by the keyboard alone', async () => {
    await use();
    const { page } = await open('alice');
    const names = () => table(page, 'By model').getByRole('rowheader').allInnerTexts();
    await table(page, 'By model').waitFor();
    const chats = table(page, 'By model').getByRole('columnheader', { name: 'Chats', exact: true });
    await chats.getByRole('button').press('Enter');
    expect([await chats.getAttribute('aria-sort'), (await names())[0]]).toEqual([
      'descending',
      'gpt-5.4-mini',
    ]);
    await chats.getByRole('button').press('Enter');
    expect([await chats.getAttribute('aria-sort'), (await names()).at(-1)]).toEqual([
      'ascending',
      'gpt-5.4-mini',
    ]);
    const model = table(page, 'By model').getByRole('columnheader', { name: 'Model' });
    await model.getByRole('button').press('Space');
    expect(await names()).toEqual([...(await names())].sort((a, b) => a.localeCompare(b)));
    // On from the last heading that sorts there is the table itself, to be scrolled, and on the way back the search.
    await page.getByRole('region', { name: 'By model: table' }).focus();
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toMatch(/^Model/);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Save as CSV: By model');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('PRICE openai');
    expect(await names()).toEqual(['no,"price"']);
    await page.getByRole('searchbox', { name: 'Search By model' }).fill('nothing like it');
    await section(page, 'By model').getByText('No line has these words.').waitFor();
  });

  it('saves what is shown as CSV, to the last digit, under the name of the range', async () => {
    const { openai } = await use();
    const { usage } = await server().query('alice', USAGE);
    const { page } = await open('alice', 'usage?range=custom&first=2026-01-01&last=2027-01-31');
    const save = (part: string) =>
      saved(page, () => page.getByRole('button', { name: `Save as CSV: ${part}` }).click());
    const byKey = await save('By key');
    expect(byKey.name).toBe('keystream-usage-by-key-2026-01-01-to-2027-01-31.csv');
    const { totals } = usage.byKey.find(({ keyId }: { keyId: string }) => keyId === openai);
    expect(byKey.rows.find(({ keyId }) => keyId === openai)).toMatchObject({
      ...{ provider: 'OPENAI', keySource: 'USER', chats: '3', inputTokens: String(totals.inputTokens) },
      ...{ cost: totals.cost.amount, currency: 'USD', unpricedChats: '1' },
    });
    expect((await save('By provider')).rows).toHaveLength(3);
    const time = await save('Over time');
    expect(time.rows).toMatchObject([
      { start: expect.stringMatching(/^20\d\d-\d\d-\d\dT00:00:00.000Z$/), chats: '5' },
    ]);
    await page.getByRole('searchbox', { name: 'Search By model' }).fill('price');
    const byModel = await save('By model');
    expect(byModel.text).toContain('"no,""price"""');
    expect(byModel.rows.map(({ model }) => model)).toEqual(['no,"price"']);
  });

  it('keeps figures under their own range, on the page and in a file, until others are there', async () => {
    await use();
    const range = (days: string) => `usage?range=custom&first=2026-01-01&last=${days}`;
    const { page } = await open('alice', range('2027-01-31'));
    const save = () => saved(page, () => page.getByRole('button', { name: 'Save as CSV: By key' }).click());
    await page.getByText('Jan 1, 2026 – Jan 31, 2027, UTC').waitFor();
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/graphql', async (route) => {
      await held;
      await route.continue();
    });
    const asked = page.waitForRequest('**/graphql');
    await page.getByLabel('Last day').fill('2027-02-01');
    await asked;
    expect((await save()).name).toBe('keystream-usage-by-key-2026-01-01-to-2027-01-31.csv');
    await page.getByText('Jan 1, 2026 – Jan 31, 2027, UTC').waitFor();
    answer();
    await page.getByText('Jan 1, 2026 – Feb 1, 2027, UTC').waitFor();
    expect((await save()).name).toBe('keystream-usage-by-key-2026-01-01-to-2027-02-01.csv');
  });

  it('leaves no formula in a file', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    await chat('OPENAI', '=HYPERLINK("http://example.com","x")');
    const { page } = await open('alice');
    const { rows } = await saved(page, () =>
      page.getByRole('button', { name: 'Save as CSV: By model' }).click(),
    );
    expect(rows[0]).toMatchObject({ model: `'=HYPERLINK("http://example.com","x")` });
  });

  it('tells the server’s keys from those of one’s own', async () => {
    const hour = new Date();
    hour.setUTCMinutes(0, 0, 0);
    const { client } = server().app.get(DatabaseService);
    const use = {
      userId: 'alice',
      hour,
      provider: 'OPENAI',
      keySource: 'SERVER',
      chats: 4,
      inputTokens: 7,
    } as const;
    await client.usageHour.create({ data: use });
    await client.keyHour.create({
      data: { ...use, keyId: '00000000-0000-0000-0000-000000000000', model: 'gpt-5.4-mini' },
    });
    const { page } = await open('alice');
    expect(await cellsOf(page, 'By key', 'The server’s key')).toMatchObject({
      Provider: 'OpenAI',
      Chats: '4',
    });
    expect(await cellsOf(page, 'By provider', 'OpenAI')).toMatchObject({ 'Paid with': 'The server’s key' });
  });

  it('says what to do where nothing was used, and takes up what was used since', async () => {
    const { page } = await open('alice');
    await page.getByRole('heading', { name: 'Nothing was used in this time' }).waitFor();
    await page.getByRole('link', { name: 'try a chat' }).waitFor();
    await server().storeKey('alice', 'OPENAI', KEY);
    await chat('OPENAI');
    await page.getByRole('button', { name: 'Refresh' }).press('Enter');
    await table(page, 'By provider').waitFor();
  });

  it('says what is wrong where the server is away, and what a token may not see', async () => {
    const watched = await openPage();
    const { page } = watched;
    await page.route('**/graphql', (route, request) =>
      request.postData()?.includes('query Usage') ? route.abort() : route.continue(),
    );
    await openConsole(watched, server().url, 'alice', 'usage');
    await page.getByText('The server does not answer').waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Nothing was used in this time' }).waitFor();
    // A token for the trail alone sees figures, and keys by the end of their id.
    const { openai } = await use();
    const { secret } = await createToken(server(), 'alice', { scopes: ['AUDIT'] });
    await page.goto('about:blank');
    await page.goto(`${server().url}/console/usage#token=${secret}`);
    await row(page, 'By key', `Key …${openai.slice(-6)}`).waitFor();
  });

  it('keeps a chart that cannot be loaded within its place, where it can be tried again', async () => {
    await use();
    const watched = await openPage();
    const { page } = watched;
    // The charts that are seen at first ask for it as soon as there are figures.
    await page.route('**/bar-picture-*', (route) => route.abort());
    await openConsole(watched, server().url, 'alice', 'usage');
    const providers = section(page, 'By provider');
    await providers.scrollIntoViewIfNeeded();
    const notice = providers.getByRole('alert').filter({ hasText: 'could not be loaded' });
    await notice.waitFor();
    await row(page, 'By provider', 'OpenAI').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await widestOverflow(page, [640, 320])).toBeLessThanOrEqual(0);
    await page.unroute('**/bar-picture-*');
    await notice.getByRole('button', { name: 'Try again' }).press('Enter');
    await providers.getByRole('img').scrollIntoViewIfNeeded();
    await providers.locator('.recharts-bar path').first().waitFor();
  });

  it.each(colorSchemes)(
    'has no fault that axe finds, in %s colours, and fits a phone',
    async (colorScheme) => {
      await use();
      const { page, complaints } = await open('alice', 'usage?range=7d&bucket=HOUR');
      await page.emulateMedia({ colorScheme });
      await page.getByRole('img', { name: /By key/ }).waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await widestOverflow(page, [640, 320])).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
    },
  );

  it.each([
    ['Deutsch', 'Nach Schlüssel'],
    ['中文', '按密钥'],
  ])('has all of its words in %s', async (language, words) => {
    await use();
    const { page, complaints } = await open('alice');
    await page.getByRole('button', { name: 'Signed in as alice' }).click();
    await page.getByLabel('Language').selectOption(language);
    await page.getByRole('heading', { name: words }).waitFor();
    expect(complaints).toEqual([]);
  });
});
