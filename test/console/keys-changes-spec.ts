import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.js';
import { cardOf, choose, focusedName, keyField, keys, liveKeys, said, UPDATE } from './key-steps.js';
import { holdOperation, isOf } from './held-operation.js';
import { useConsole } from './use-console.js';

const press = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

const DELETE = 'mutation ($id: ID!) { deleteApiKey(keyId: $id) { deletedKeyId } }';

async function saveALimit(page: Page): Promise<void> {
  await page.getByRole('dialog').getByLabel('Requests', { exact: true }).fill('7');
  await press(page, 'Save');
}

describeInChromium('changing a key', () => {
  const running = useConsole({ OPENAI_API_KEY: 'sk-proj-of-the-server-0123456789abcd' });

  async function openWithKey(user: string): Promise<Page> {
    await running().server.storeKey(user, 'OPENAI', keys.OPENAI);
    const { page } = await running().open(user);
    await cardOf(page, 'OpenAI').getByText('sk-proj-…abcd').waitFor();
    return page;
  }

  it('gives it a name, and takes it away', async () => {
    const page = await openWithKey('rename');
    await choose(page, 'OpenAI', 'Rename');
    await page.getByRole('dialog').getByLabel('Name').fill('  mine ');
    await page.keyboard.press('Enter');
    await said(page, 'The key for OpenAI is called mine now.');
    await cardOf(page, 'OpenAI').getByText('mine', { exact: true }).waitFor();
    expect(await focusedName(page)).toBe('More: OpenAI');
    await choose(page, 'OpenAI', 'Rename');
    await page.getByRole('dialog').getByLabel('Name').fill('');
    await press(page, 'Rename');
    await said(page, 'The key for OpenAI has no name now.');
    expect(await liveKeys(running(), 'rename')).toMatchObject([{ name: null }]);
  });

  it('says what requests use when it is off, and shows it at once', async () => {
    const page = await openWithKey('switch');
    await choose(page, 'OpenAI', 'Switch off');
    await page.getByText('Requests then use the server’s key').waitFor();
    await press(page, 'Switch off');
    await said(page, 'The key for OpenAI is off. A request for it uses the server’s key now.');
    const card = cardOf(page, 'OpenAI');
    await card.locator('li[data-outcome=CHOSEN]', { hasText: 'The server’s key' }).waitFor();
    await card.locator('li[data-outcome=DISABLED]', { hasText: 'Your key' }).waitFor();
    await page.getByText('OpenAI, with the server’s key').waitFor();
    await choose(page, 'OpenAI', 'Switch on');
    await said(page, 'The key for OpenAI is on. A request for it uses your key now.');
    await card.locator('li[data-outcome=CHOSEN]', { hasText: 'Your key' }).waitFor();
    expect(await focusedName(page)).toBe('More: OpenAI');
  });

  it('sets limits, and takes each away again', async () => {
    const page = await openWithKey('limits');
    await choose(page, 'OpenAI', 'Limits');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Allowed models', { exact: true }).fill('gpt-5*\no4-mini\n');
    await dialog.getByLabel('Chats').check();
    await dialog.getByLabel('Requests', { exact: true }).fill('many');
    await dialog.getByLabel('Tokens', { exact: true }).fill('500000');
    await dialog.getByLabel('Cost in US dollars', { exact: true }).fill('0,5');
    await dialog.getByLabel('Expires', { exact: true }).fill('2090-01-02T03:04');
    await press(page, 'Save');
    await dialog.getByText('A whole number, 1 or more.').waitFor();
    // What is wrong is where the focus is: it is read out, and in sight.
    const wrong = dialog.getByLabel('Requests', { exact: true });
    await wrong.and(page.locator('[aria-invalid=true]:focus')).waitFor();
    await wrong.fill('1000');
    await press(page, 'Save');
    await said(page, 'The limits of the key for OpenAI are changed.');
    const limited = {
      allowedModels: ['gpt-5*', 'o4-mini'],
      allowedUses: ['CHAT'],
      monthlyLimit: { requests: 1000, tokens: 500000, cost: { amount: '0.5', currency: 'USD' } },
      expiresAt: new Date(2090, 0, 2, 3, 4).toISOString(),
    };
    expect(await liveKeys(running(), 'limits')).toMatchObject([limited]);
    const card = cardOf(page, 'OpenAI');
    expect(await card.getByRole('progressbar').count()).toBe(3);
    await card.getByText('gpt-5*').waitFor();

    for (const field of ['Allowed models', 'Requests', 'Tokens', 'Cost in US dollars', 'Expires']) {
      await choose(page, 'OpenAI', 'Limits');
      await dialog.getByRole('button', { name: `Clear: ${field}` }).press('Enter');
      await dialog.and(page.locator(':focus')).waitFor();
      await press(page, 'Save');
      await dialog.waitFor({ state: 'detached' });
    }
    await choose(page, 'OpenAI', 'Limits');
    await dialog.getByLabel('Chats').uncheck();
    await press(page, 'Save');
    await card.getByRole('progressbar').first().waitFor({ state: 'detached' });
    await card.getByText('Uses').waitFor({ state: 'detached' });
    const free = { allowedModels: null, allowedUses: null, monthlyLimit: null, expiresAt: null };
    expect(await liveKeys(running(), 'limits')).toMatchObject([free]);
  });

  it('keeps what was typed where a change fails', async () => {
    const page = await openWithKey('failing');
    await choose(page, 'OpenAI', 'Limits');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Requests', { exact: true }).fill('12');
    await page.route('**/graphql', (route) => route.abort());
    await press(page, 'Save');
    await dialog.getByText('The server does not answer').waitFor();
    expect(await dialog.getByLabel('Requests', { exact: true }).inputValue()).toBe('12');
    await page.unroute('**/graphql');
    await press(page, 'Save');
    await said(page, 'The limits of the key for OpenAI are changed.');
  });

  it('does not take an end that is half entered for none', async () => {
    const page = await openWithKey('half');
    await choose(page, 'OpenAI', 'Limits');
    const dialog = page.getByRole('dialog');
    const expires = dialog.getByLabel('Expires', { exact: true });
    await expires.fill('2090-01-02T03:04');
    await press(page, 'Save');
    await dialog.waitFor({ state: 'detached' });
    await choose(page, 'OpenAI', 'Limits');
    await expires.press('Backspace');
    await press(page, 'Save');
    await dialog.getByText('Enter the date and the time, or clear the field.').waitFor();
    expect(await liveKeys(running(), 'half')).toMatchObject([
      { expiresAt: new Date(2090, 0, 2, 3, 4).toISOString() },
    ]);
  });

  it('is not left while it is sent, and says there why it failed', async () => {
    const page = await openWithKey('sending');
    const { asked, answer } = holdOperation(page, 'UpdateKey');
    await choose(page, 'OpenAI', 'Rename');
    await page.getByRole('dialog').getByLabel('Name').fill('mine');
    await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).press('Enter');
    await asked;
    await page.keyboard.press('Escape');
    await answer((route) => route.abort());
    await page.getByRole('dialog').getByText('The server does not answer').waitFor();
    expect(await page.getByRole('dialog').getByLabel('Name').inputValue()).toBe('mine');
    await page.waitForFunction(() => document.activeElement?.textContent === 'Rename');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('is shown though what was asked before it is answered after it', async () => {
    const page = await openWithKey('overtaken');
    const { asked, answer } = holdOperation(page, 'Keys');
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    await asked;
    await choose(page, 'OpenAI', 'Switch off');
    await press(page, 'Switch off');
    const off = cardOf(page, 'OpenAI').locator('li[data-outcome=DISABLED]');
    await off.waitFor();
    const late = page.waitForEvent('requestfinished', (request) => isOf(request, 'Keys'));
    await answer();
    await late;
    await page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(done)));
    expect(await cardOf(page, 'OpenAI').getByText('Off', { exact: true }).count()).toBe(2);
  });

  it('says that a request fails where the key decides and cannot be used', async () => {
    const { server } = running();
    const keyId = await server.storeKey('blocked', 'OPENAI', keys.OPENAI);
    await server.query('blocked', UPDATE, {
      input: { keyId, enabled: false, expiresAt: '2020-01-01T00:00:00Z' },
    });
    const { page } = await running().open('blocked');
    await cardOf(page, 'OpenAI').locator('li[data-outcome=DISABLED]').waitFor();
    await choose(page, 'OpenAI', 'Switch on');
    await said(page, 'The key for OpenAI is on. A request for it fails now');
    const now = page.getByRole('region', { name: 'What a request would use now' });
    await now.getByText('OpenAI, with your key: it would fail').waitFor();
    await now.getByText('change it, or replace the key').waitFor();
  });

  it('says nothing of what a request would use where that cannot be asked', async () => {
    const page = await openWithKey('unasked');
    await page.route('**/graphql', (route) =>
      isOf(route.request(), 'UpdateKey') ? route.continue() : route.abort(),
    );
    await choose(page, 'OpenAI', 'Switch off');
    await press(page, 'Switch off');
    await page.getByRole('status').getByText('The key for OpenAI is off.', { exact: true }).waitFor();
  });

  it('says that its dialog cannot be loaded, and loads it at another try', async () => {
    const page = await openWithKey('unloaded');
    await page.route('**/key-dialogs-*', (route) => route.abort());
    await choose(page, 'OpenAI', 'Rename');
    const alert = page.getByRole('alert').filter({ hasText: 'could not be loaded' });
    await alert.waitFor();
    await cardOf(page, 'OpenAI').waitFor();
    await page.unroute('**/key-dialogs-*');
    await alert.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('dialog', { name: 'Rename the key for OpenAI' }).waitFor();
  });

  it.each([
    ['Rename', async (page: Page) => press(page, 'Rename')],
    ['Limits', saveALimit],
    ['Switch off', async (page: Page) => press(page, 'Switch off')],
    ['Delete', async (page: Page) => press(page, 'Delete')],
  ])('shows what is there now where it was deleted elsewhere meanwhile: %s', async (action, confirm) => {
    const user = `gone-${action.replace(' ', '-')}`;
    const page = await openWithKey(user);
    await choose(page, 'OpenAI', action);
    const [key] = await liveKeys(running(), user);
    await running().server.query(user, DELETE, { id: key?.id });
    await confirm(page);
    await page.getByRole('dialog').locator('[data-code=KEY_NOT_FOUND]').waitFor();
    await page
      .getByRole('button', { name: 'Store a key: OpenAI', includeHidden: true })
      .waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Store a key: OpenAI' }).waitFor();
    expect(await cardOf(page, 'OpenAI').getByText('sk-proj-…abcd').count()).toBe(0);
    expect(await focusedName(page)).toBe('key-OPENAI');
  });

  it('deletes it, after it has said that this cannot be undone', async () => {
    const page = await openWithKey('delete');
    await choose(page, 'OpenAI', 'Delete');
    const dialog = page.getByRole('dialog', { name: 'Delete the key for OpenAI?' });
    expect(await dialog.textContent()).toMatch(/sk-proj-…abcd.*cannot be undone/);
    await press(page, 'Cancel');
    await dialog.waitFor({ state: 'detached' });
    expect(await liveKeys(running(), 'delete')).toHaveLength(1);
    await choose(page, 'OpenAI', 'Delete');
    await press(page, 'Delete');
    await said(
      page,
      'The key for OpenAI is deleted: sk-proj-…abcd. A request for it uses the server’s key now.',
    );
    await page.getByRole('button', { name: 'Store a key: OpenAI' }).waitFor();
    expect(await liveKeys(running(), 'delete')).toEqual([]);
    expect(await focusedName(page)).toBe('key-OPENAI');
  });

  it('shows every key that there ever was, a page at a time', async () => {
    const { server, open } = running();
    for (let number = 10; number < 37; number += 1)
      await server.storeKey('many', 'OPENAI', `sk-proj-of-the-keys-suite-01234567890${number}z`);
    const { page } = await open('many');
    await page.getByRole('button', { name: 'History', exact: true }).press('Enter');
    const rows = page.getByRole('dialog').locator('tbody tr');
    await page.getByText('25 keys').waitFor();
    expect(await rows.first().textContent()).toContain('sk-proj-…036z');
    expect(await rows.first().textContent()).toContain('In use');
    expect(await rows.nth(1).textContent()).toContain('Replaced');
    await page.route('**/graphql', (route) => route.abort());
    await page.getByRole('button', { name: 'Show older ones' }).press('Enter');
    await page.getByRole('dialog').getByRole('alert').getByText('The server does not answer').waitFor();
    await page.getByText('25 keys').waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).press('Enter');
    await page.getByText('27 keys').waitFor();
    expect(await page.locator(':focus').getAttribute('role')).toBe('dialog');
    expect(await rows.count()).toBe(27);
    expect(await rows.last().textContent()).toContain('sk-proj-…010z');
    expect(await page.getByRole('button', { name: 'Show older ones' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focusedName(page)).toBe('key-history');
  });
});

describeInChromium('endpoints of a person', () => {
  const running = useConsole();

  it('are added with their address, and have a card each', async () => {
    const { server, standIn, open } = running();
    const baseUrl = server.environment.CUSTOM_BASE_URL ?? '';
    standIn.acceptKey('CUSTOM', keys.CUSTOM);
    const { page } = await open('endpoints');
    const add = async (name: string): Promise<void> => {
      await page.getByRole('button', { name: 'Add an endpoint' }).click();
      await page.getByRole('dialog').getByLabel('Name').fill(name);
      await page.getByRole('dialog').getByLabel('Address').fill(baseUrl);
      await keyField(page).fill(keys.CUSTOM);
      await press(page, 'Store a key');
    };
    await add('the office');
    await said(page, 'The key for the endpoint “the office” is stored');
    const card = cardOf(page, 'the office');
    await card.getByText(baseUrl).waitFor();
    await card.locator('li[data-outcome=CHOSEN]', { hasText: 'Your key' }).waitFor();
    await add('the office');
    await page.getByText('You have an endpoint of this name.').waitFor();
    await page.getByRole('dialog').getByLabel('Name').fill('home');
    await press(page, 'Store a key');
    await cardOf(page, 'home').waitFor();
    expect(await liveKeys(running(), 'endpoints')).toHaveLength(2);
    await page.getByRole('button', { name: 'Replace: the endpoint “the office”' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    expect(await page.getByRole('dialog').getByLabel('Address').inputValue()).toBe(baseUrl);
  });

  it('are verified, renamed, limited, switched off and deleted', async () => {
    const { server, standIn, open } = running();
    standIn.acceptKey('CUSTOM', keys.CUSTOM);
    await server.storeKey('owner', 'CUSTOM', keys.CUSTOM);
    const { page } = await open('owner');
    const name = 'the endpoint “home”';
    const card = cardOf(page, 'home');
    const act = async (action: string): Promise<void> => {
      await card.getByRole('button', { name: `More: ${name}` }).click();
      await card.getByRole('button', { name: action, exact: true }).click();
    };
    await card.getByRole('button', { name: `Verify: ${name}` }).press('Enter');
    await said(page, `Verified the key for ${name}: Works.`);
    expect(await focusedName(page)).toBe(`Verify: ${name}`);
    await act('Rename');
    await page.getByRole('dialog').getByLabel('Name').fill('mine');
    await press(page, 'Rename');
    await said(page, `The key for ${name} is called mine now.`);
    await act('Limits');
    await page.getByRole('dialog').getByLabel('Requests', { exact: true }).fill('10');
    await press(page, 'Save');
    await said(page, `The limits of the key for ${name} are changed. A request for it uses your key now.`);
    await act('Switch off');
    await page.getByText('the server has no key for it').waitFor();
    await press(page, 'Switch off');
    await said(page, `The key for ${name} is off. A request for it would find no key now.`);
    await act('Switch on');
    await said(page, `The key for ${name} is on. A request for it uses your key now.`);
    await act('Delete');
    await press(page, 'Delete');
    await card.waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.id === 'add-endpoint');
    expect(await liveKeys(running(), 'owner')).toEqual([]);
  });
});

describeInChromium('endpoints where the operator allows none', () => {
  const running = useConsole({ CUSTOM_ENDPOINTS: 'off' });

  it('are refused in the words of the server', async () => {
    const { page } = await running().open('none');
    await page.getByRole('button', { name: 'Add an endpoint' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('home');
    await page.getByRole('dialog').getByLabel('Address').fill('https://models.example/v1');
    await keyField(page).fill(keys.CUSTOM);
    await press(page, 'Store a key');
    await page.getByText('this server takes no endpoints (CUSTOM_ENDPOINTS)').waitFor();
    expect(await page.getByRole('dialog').getByLabel('Name').inputValue()).toBe('home');
  });
});

declare const dispatchEvent: (event: object) => void;
declare const requestAnimationFrame: (call: () => void) => void;
declare const document: {
  readonly activeElement: { readonly id: string; readonly textContent: string } | null;
};
