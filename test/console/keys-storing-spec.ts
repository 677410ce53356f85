import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.js';
import { inDays } from '../support/access-tokens.js';
import { cardOf, keyField, keys, liveKeys, said, STORE } from './key-steps.js';
import { placesOfText } from './places-of-text.js';
import { useConsole } from './use-console.js';

const store = (page: Page, provider: string) =>
  page.getByRole('button', { name: `Store a key: ${provider}`, exact: true }).click();
const submit = (page: Page, name = 'Store a key') =>
  page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

/** What the page sends of a key from now on. */
function sentKeys(page: Page): string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    const { variables } = (request.postDataJSON() ?? {}) as { variables?: { input?: { apiKey?: string } } };
    if (variables?.input?.apiKey !== undefined) sent.push(variables.input.apiKey);
  });
  return sent;
}

describeInChromium('storing a key', () => {
  const running = useConsole();

  it('works with Tab and Enter alone', async () => {
    const { standIn, open } = running();
    standIn.acceptKey('OPENAI', keys.OPENAI);
    const { page } = await open('keyboard');
    const button = page.getByRole('button', { name: 'Store a key: OpenAI' });
    await button.waitFor();
    const { keyboard } = page;
    const tabTo = async (name: string): Promise<void> => {
      while ((await nameOfFocused(page)) !== name) await keyboard.press('Tab');
    };
    await tabTo('Store a key: OpenAI');
    await keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
    await keyboard.type(keys.OPENAI);
    await tabTo('Name');
    await keyboard.type('by keyboard');
    await keyboard.press('Enter');
    await said(page, 'The key for OpenAI is stored: sk-proj-…abcd.');
    await cardOf(page, 'OpenAI').getByText('by keyboard').waitFor();
    // Where the button was, the card is: the next Tab goes on from there.
    await page.waitForFunction(() => document.activeElement?.id === 'key-OPENAI');
  });

  it('sends what was pasted as it is, and leaves the key nowhere', async () => {
    const { standIn, open } = running();
    standIn.acceptKey('OPENAI', keys.OPENAI);
    const { page } = await open('nowhere');
    const sent = sentKeys(page);
    await store(page, 'OpenAI');
    const field = keyField(page);
    expect(await field.getAttribute('autocomplete')).toBe('off');
    expect(await field.getAttribute('type')).toBe('password');
    await field.fill(`  "${keys.OPENAI}" `);
    await page.getByRole('button', { name: 'Show what is in the field' }).click();
    expect(await field.getAttribute('type')).toBe('text');
    await submit(page);
    await said(page, 'The key for OpenAI is stored: sk-proj-…abcd. A request for it uses your key now.');
    expect(sent).toEqual([`  "${keys.OPENAI}" `]);
    await page.getByRole('button', { name: 'Show as GraphQL' }).click();
    await page.getByText('mutation StoreKey').waitFor();
    expect(await page.getByRole('dialog').textContent()).toContain('"apiKey": "…"');
    expect(await placesOfText(page, keys.OPENAI)).toEqual([]);
    // What looks for it finds what is there.
    expect(await placesOfText(page, 'sk-proj-…abcd')).toEqual(['document', 'cache']);
  });

  it('empties the field before the server has answered', async () => {
    const { page } = await running().open('at-once');
    let answer = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => {
      void page.route('**/graphql', async (route) => {
        if (!route.request().postData()?.includes('StoreKey')) return route.continue();
        await new Promise<void>((done) => {
          answer = done;
          resolve();
        });
        return route.abort();
      });
    });
    await store(page, 'OpenAI');
    await keyField(page).fill(keys.OPENAI);
    await page.getByRole('dialog').getByLabel('Name').fill('kept');
    await page.getByRole('dialog').getByLabel('Expires').fill('2090-01-02T03:04');
    expect(await page.evaluate(submitAndRead)).toBe('');
    await isAsked;
    expect(await placesOfText(page, keys.OPENAI)).toEqual([]);
    answer();
    await page.getByText('The server does not answer').waitFor();
    await page.getByText('The field was emptied. Paste the key again.').waitFor();
    expect(await placesOfText(page, keys.OPENAI)).toEqual([]);
    expect(await page.getByRole('dialog').getByLabel('Name').inputValue()).toBe('kept');
    expect(await page.getByRole('dialog').getByLabel('Expires').inputValue()).toBe('2090-01-02T03:04');
    await page.unroute('**/graphql');
    running().standIn.acceptKey('OPENAI', keys.OPENAI);
    await keyField(page).fill(keys.OPENAI);
    await submit(page);
    await said(page, 'The key for OpenAI is stored');
    expect(await liveKeys(running(), 'at-once')).toMatchObject([{ name: 'kept' }]);
  });

  it('says what is missing, and what the server does not take', async () => {
    const { page } = await running().open('mistakes');
    await store(page, 'OpenAI');
    await submit(page);
    await page.getByText('Paste the key.').waitFor();
    await keyField(page).fill('sk-proj-…abcd');
    await submit(page);
    await page.getByText('is a masked key').waitFor();
    expect(await keyField(page).inputValue()).toBe('');
    expect(await liveKeys(running(), 'mistakes')).toEqual([]);
  });

  it('says that the key that is there stays where the provider refuses the new one', async () => {
    const { server, open } = running();
    const before = await server.storeKey('refused', 'OPENAI', keys.OPENAI);
    const { page } = await open('refused');
    await page.getByRole('button', { name: 'Replace: OpenAI' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await keyField(page).fill('sk-proj-of-the-keys-suite-that-is-refused');
    await submit(page, 'Replace');
    await page.getByText('The one that is there, sk-proj-…abcd, stays as it is.').waitFor();
    expect(await placesOfText(page, 'sk-proj-of-the-keys-suite-that-is-refused')).toEqual([]);
    expect(await liveKeys(running(), 'refused')).toMatchObject([{ id: before }]);
  });

  it('stores a key that was not tried where that is not wanted', async () => {
    const { page } = await running().open('untried');
    await store(page, 'OpenAI');
    await keyField(page).fill(keys.OPENAI);
    const verify = page.getByLabel('Try it with the provider first');
    expect(await verify.isChecked()).toBe(true);
    await verify.uncheck();
    await submit(page);
    await cardOf(page, 'OpenAI').getByText('Not tried yet').waitFor();
  });

  it('shows what is replaced where a program has stored a key meanwhile, and keeps what was pasted', async () => {
    const { server, standIn, open } = running();
    standIn.acceptKey('OPENAI', keys.OPENAI);
    const { page } = await open('meanwhile');
    await store(page, 'OpenAI');
    await keyField(page).fill(keys.OPENAI);
    await server.storeKey('meanwhile', 'OPENAI', 'sk-proj-of-a-program-0123456789-WXYZ');
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    const dialog = page.getByRole('dialog', { name: 'Replace the key for OpenAI' });
    await dialog.getByText('sk-proj-…WXYZ').waitFor();
    expect(await keyField(page).isVisible()).toBe(false);
    await dialog.getByRole('button', { name: 'Continue' }).click();
    expect(await keyField(page).inputValue()).toBe(keys.OPENAI);
    await submit(page, 'Replace');
    await said(page, 'The key for OpenAI is replaced. It is sk-proj-…abcd now.');
  });

  it('does not take an end that is half entered for none', async () => {
    const { page } = await running().open('half');
    await store(page, 'OpenAI');
    await keyField(page).fill(keys.OPENAI);
    await page.getByRole('dialog').getByLabel('Expires').pressSequentially('01022090');
    await submit(page);
    await page.getByText('Enter the date and the time, or clear the field.').waitFor();
    expect(await liveKeys(running(), 'half')).toEqual([]);
  });

  it('first shows what is replaced, what is lost with it and what stays', async () => {
    const { server, standIn, open } = running();
    await server.query('replace', STORE, {
      input: {
        ...{ provider: 'OPENAI', apiKey: keys.OPENAI, name: 'old one', allowedModels: ['gpt-5*'] },
        expiresAt: inDays(40),
      },
    });
    const { page } = await open('replace');
    await page.getByRole('button', { name: 'Replace: OpenAI' }).click();
    const dialog = page.getByRole('dialog', { name: 'Replace the key for OpenAI' });
    const text = (await dialog.textContent()) ?? '';
    for (const part of ['sk-proj-…abcd', 'old one', 'cannot be undone', 'Its expiry', 'Its limits'])
      expect(text).toContain(part);
    expect(await dialog.getByLabel('API key').count()).toBe(0);
    await dialog.getByRole('button', { name: 'Continue' }).click();
    standIn.acceptKey('OPENAI', 'sk-proj-another-of-the-keys-suite-ZYXW');
    await keyField(page).fill('sk-proj-another-of-the-keys-suite-ZYXW');
    await submit(page, 'Replace');
    await said(page, 'The key for OpenAI is replaced. It is sk-proj-…ZYXW now.');
    expect(await liveKeys(running(), 'replace')).toMatchObject([
      { name: 'old one', maskedKey: 'sk-proj-…ZYXW', allowedModels: ['gpt-5*'], expiresAt: null },
    ]);
    await cardOf(page, 'OpenAI').getByText('sk-proj-…ZYXW').waitFor();
  });
});

/** Runs in the browser: sends the form, and says what its field holds in the same turn. */
function submitAndRead(): string {
  const field = document.querySelector('[role=dialog] input[type=password]');
  field?.form.requestSubmit();
  return field?.value ?? 'gone';
}

const nameOfFocused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.labels?.[0]?.textContent ?? '';
  });

interface Field {
  readonly id: string;
  readonly tagName: string;
  readonly value: string;
  readonly form: { requestSubmit(): void };
  readonly labels?: ArrayLike<{ readonly textContent: string }>;
  getAttribute(name: string): string | null;
}
declare const document: {
  readonly activeElement: Field | null;
  querySelector(selector: string): Field | null;
};
declare const dispatchEvent: (event: object) => void;
