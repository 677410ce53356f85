import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addTypenameToDocument } from '@apollo/client/utilities';
import { type DocumentNode, parse, print } from 'graphql';
import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.js';
import { signToken } from '../support/test-server.js';
import { keyField, keys, said } from './key-steps.js';
import { TryPage } from './try-page.js';
import { useConsole } from './use-console.js';

const pages = ['keys', 'try', 'usage', 'audit', 'alerts', 'settings'];
/** What a page may load before it is shown, compressed. */
const FIRST_LOAD_BYTES = 250_000;

describeInChromium('the page of the console', () => {
  const running = useConsole();

  it('loads less than 250 KB before it is shown, headers and all', async () => {
    const { page } = await running().open('alice');
    await page.waitForLoadState('networkidle');
    expect(await page.evaluate(bytesOfFiles, 'transferSize' as const)).toBeLessThan(FIRST_LOAD_BYTES);
  });

  it.each(pages)('loads less than 250 KB before it is shown, and all from this server: %s', async (name) => {
    const { page, requested } = await running().open('alice', name);
    await page.waitForLoadState('networkidle');
    const bytes = await page.evaluate(bytesOfFiles, 'encodedBodySize' as const);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(FIRST_LOAD_BYTES);
    const { host } = new URL(running().server.url);
    expect(requested.filter((url) => new URL(url).host !== host)).toEqual([]);
  });

  it.each(pages)('breaks no rule of its own policy: %s', async (name) => {
    const { page, complaints } = await running().open('alice', name);
    await page.waitForLoadState('networkidle');
    expect(complaints).toEqual([]);
  });

  it.each([
    [
      'a script in the page',
      "document.body.append(Object.assign(document.createElement('script'), { text: 'hit()' }))",
    ],
    ['a handler in markup', "document.body.innerHTML = '<img src=x onerror=hit()>'"],
    ['a text as code', "setTimeout('hit()')"],
    [
      'a style in the page',
      "document.head.append(Object.assign(document.createElement('style'), { textContent: 'body { color: red }' }))",
    ],
    [
      'a frame',
      "document.body.append(Object.assign(document.createElement('iframe'), { src: 'https://example.com' }))",
    ],
    [
      'a form',
      "const form = document.createElement('form'); form.action = 'https://example.com'; document.body.append(form); form.submit()",
    ],
    ['a picture of somebody else', "new Image().src = 'https://example.com/' + document.title"],
    ['a request to somebody else', "fetch('https://example.com').catch(() => null)"],
    ['another policy for markup', "trustedTypes.createPolicy('mine', { createHTML: (text) => text })"],
  ])('refuses what an attacker would add: %s', async (_name, script) => {
    const { page } = await running().open('alice');
    await page.evaluate(noteViolations);
    // A text is evaluated by the browser's protocol, which the policy does not concern; what it does is held to it.
    await page.evaluate(`try { ${script} } catch {}`);
    await page.waitForFunction(() => (globalThis as any).violations > 0);
    expect(await page.evaluate(() => (globalThis as any).hits)).toBe(0);
  });

  it('shows all texts in the language that is chosen, and keeps the choice', async () => {
    const { page } = await running().open('alice');
    await page.getByRole('button', { name: 'Signed in as alice' }).click();
    await page.getByLabel('Language').selectOption('Deutsch');
    await page.getByRole('link', { name: 'Verbrauch' }).waitFor();
    expect(await languageOf(page)).toBe('de');
    await page.reload();
    await page.getByRole('link', { name: 'Schlüssel' }).waitFor();
    await page.getByRole('button', { name: 'Angemeldet als alice' }).click();
    await page.getByLabel('Sprache').selectOption('中文');
    await page.getByRole('link', { name: '密钥' }).waitFor();
    expect(await languageOf(page)).toBe('zh');
  });

  it('shows the colours that are chosen, else those of the system', async () => {
    const { page } = await running().open('alice');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction(hasScheme, 'dark');
    await page.getByRole('button', { name: 'Signed in as alice' }).click();
    await page.getByLabel('Appearance').selectOption('Light');
    await page.waitForFunction(hasScheme, 'light');
    await page.reload();
    await page.waitForFunction(hasScheme, 'light');
  });

  it('reaches each page by the keyboard alone, with the focus in sight', async () => {
    const { page } = await running().open('alice');
    await page.keyboard.press('Tab');
    await page.getByText('Skip to the page').waitFor();
    expect(await page.evaluate(() => (globalThis as any).document.activeElement.textContent)).toBe(
      'Skip to the page',
    );
    for (const name of ['Try it', 'Usage', 'Audit', 'Alerts', 'Settings']) {
      while (!(await page.evaluate(isFocused, name))) await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name }).waitFor();
    }
  });

  it('shows what it asked as GraphQL, and no token in it', async () => {
    const { page } = await running().open('alice');
    await page.getByRole('button', { name: 'Show as GraphQL' }).click();
    const dialog = page.getByRole('dialog', { name: 'What the page asked last' });
    await dialog.getByText(/^query \w+/).waitFor();
    expect(await dialog.textContent()).not.toContain('eyJ');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  it('says that a page is not there', async () => {
    const { page } = await running().open('alice');
    await page.evaluate(() => {
      const { history, dispatchEvent } = globalThis as any;
      history.pushState(null, '', '/console/nothing');
      dispatchEvent(new (globalThis as any).PopStateEvent('popstate'));
    });
    await page.getByText('There is no such page').waitFor();
    await page.getByRole('link', { name: 'Go to the keys' }).click();
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
  });
});

describeInChromium('the console of a server that runs only what is listed', () => {
  const list = join(tmpdir(), `operations-${process.pid}.json`);
  writeFileSync(
    list,
    JSON.stringify({
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [
        { id: 'mine', name: 'Mine', type: 'query', body: 'query Mine { providers { provider } }' },
      ],
    }),
  );
  const running = useConsole({ PERSISTED_OPERATIONS: list });

  it.each(pages)('asks only what is in its own list: %s', async (name) => {
    const { page, complaints } = await running().open('alice', name);
    await page.waitForLoadState('networkidle');
    expect(await page.locator('[data-code^=PERSISTED]').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('changes what is kept, and chats, by operations of that list', async () => {
    const { standIn, open } = running();
    standIn.acceptKey('OPENAI', keys.OPENAI);
    const { page, complaints } = await open('listed');
    await page.getByRole('button', { name: 'Store a key: OpenAI' }).click();
    await keyField(page).fill(keys.OPENAI);
    await keyField(page).press('Enter');
    await said(page, 'The key for OpenAI is stored');
    await page.getByRole('link', { name: 'Try it' }).click();
    const chat = new TryPage(page, complaints);
    await chat.ask('Hello');
    await chat.completed();
    expect(complaints).toEqual([]);
  });

  it('takes a pasted token by an operation of that list', async () => {
    const { page } = await running().open('listed');
    await page.getByRole('button', { name: 'Signed in as listed' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').fill(await signToken('pasted'));
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.getByRole('button', { name: 'Signed in as pasted' }).waitFor();
  });

  it('has in that list what the page asks, as it asks it, and nothing else', async () => {
    const { operations } = JSON.parse(readFileSync('dist/console/operations.json', 'utf8'));
    const listed = operations.map(({ body }: { body: string }) => meaningOf(parse(body)));
    const asked = (await generatedDocuments()).map((document) => meaningOf(addTypenameToDocument(document)));
    expect(listed.sort()).toEqual(asked.sort());
    expect(listed.length).toBeGreaterThan(0);
  });
});

const GENERATED = join(process.cwd(), 'console/src/generated');

/** All documents that the page's modules have. */
async function generatedDocuments(): Promise<DocumentNode[]> {
  const modules = await Promise.all(
    readdirSync(GENERATED).map(
      (file) => import(join(GENERATED, file)) as Promise<Record<string, DocumentNode>>,
    ),
  );
  return modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, document]) => (name.endsWith('Document') ? [document] : [])),
  );
}

/** In what order its operation and fragments stand means nothing. */
const meaningOf = ({ definitions }: DocumentNode): string => definitions.map(print).sort().join('\n');

// The next ones run in the browser.

/** @param size `transferSize` is with headers */
function bytesOfFiles(size: 'transferSize' | 'encodedBodySize'): number {
  const { performance } = globalThis as unknown as {
    performance: { getEntries(): ({ name: string } & Partial<Record<typeof size, number>>)[] };
  };
  return performance
    .getEntries()
    .filter(({ name }) => name.includes('/console'))
    .reduce((sum, entry) => sum + (entry[size] ?? 0), 0);
}

function noteViolations(): void {
  const noted = { violations: 0, hits: 0, hit: () => (noted.hits += 1) };
  Object.defineProperty(globalThis, 'violations', { get: () => noted.violations });
  Object.defineProperty(globalThis, 'hits', { get: () => noted.hits });
  Object.assign(globalThis, { hit: noted.hit });
  (globalThis as any).document.addEventListener('securitypolicyviolation', () => (noted.violations += 1));
}

function hasScheme(scheme: string): boolean {
  return (globalThis as any).document.documentElement.dataset.mantineColorScheme === scheme;
}

function isFocused(name: string): boolean {
  return (globalThis as any).document.activeElement?.textContent?.startsWith(name) ?? false;
}

const languageOf = (page: Page) =>
  page.evaluate(() => (globalThis as any).document.documentElement.lang as string);
