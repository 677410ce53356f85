import { existsSync } from 'node:fs';
import { graphiqlFiles, graphiqlPage } from '../../src/graphiql/graphiql-files.js';
import { signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';
import { describeInChromium, useChromium } from '../support/chromium.js';
import { operationIs, setEditor } from './graphiql-editor.js';

const KEY = 'sk-proj-of-the-graphiql-suite-0123456789';

describe('GraphiQL', () => {
  const server = useTestServer();

  it('is served with everything that it names, from this server alone', async () => {
    const response = await fetch(`${server().url}/graphiql`);
    const html = await response.text();
    const names = [...html.matchAll(/(?:src|href)="([^"]+)"/g)]
      .map(([, name]) => name!)
      .filter((name) => name !== 'data:,');
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      expect(name).toMatch(/^\/graphiql\/[\w.-]+$/);
      expect((await fetch(server().url + name)).status).toBe(200);
    }
    expect(response.headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self'",
    );
  });

  it('is all that is served', async () => {
    for (const name of [
      'index.html',
      'globals.d.mts',
      'graphiql.module.js',
      '..%2fgraphiql.module.js',
      '%00',
    ]) {
      expect((await fetch(`${server().url}/graphiql/${name}`)).status).toBe(404);
    }
  });
});

describe('the build', () => {
  it.each([graphiqlPage, ...graphiqlFiles.values()])(
    'has %s, so that serving it needs no package',
    (path) => {
      expect(existsSync(`dist/graphiql/files/${path}`)).toBe(true);
    },
  );
});

describe('GraphiQL in production', () => {
  const server = useTestServer({ NODE_ENV: 'production', ALLOW_EMBEDDED_DATABASE: 'true' });

  it('is not there', async () => {
    for (const path of ['/graphiql', '/graphiql/page.mjs']) {
      expect((await fetch(server().url + path)).status).toBe(404);
    }
  });
});

describeInChromium('GraphiQL in Chromium', () => {
  const server = useTestServer();
  const open = useChromium();

  it('streams a chat with the token of its field, offline', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const { page, complaints, requested } = await open();
    await page.goto(`${server().url}/graphiql`);
    await page.fill('#token', await signToken('alice'));
    await page.click('#token-form button[type=submit]');
    await page.getByRole('tab', { name: 'Chat' }).click();
    await page.waitForFunction(operationIs, 'Chat');
    await page.click('.graphiql-execute-button');

    await page.waitForSelector('#answer-status.good');
    expect(await page.textContent('#answer-text')).toContain('Why is the sky blue?');
    expect(await page.textContent('#answer-status')).toContain('sk-proj-…6789');
    await page.locator('.graphiql-response', { hasText: 'ChatCompleted' }).waitFor();
    const { host } = new URL(server().url);
    expect(requested.filter((url) => !url.startsWith('data:') && new URL(url).host !== host)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('keeps the token in the tab alone, and what is typed nowhere', async () => {
    const { page } = await open();
    const token = await signToken('alice');
    await page.goto(`${server().url}/graphiql`);
    await page.fill('#token', token);
    await page.click('#token-form button[type=submit]');
    await page.getByRole('tab', { name: 'StoreKey' }).click();
    await page.waitForFunction(operationIs, 'StoreKey');
    await page.evaluate(setEditor, [
      '.graphiql-editor-tool',
      JSON.stringify({ input: { provider: 'OPENAI', apiKey: KEY } }),
    ] as const);
    await page.click('.graphiql-execute-button');
    await page.locator('.graphiql-response', { hasText: 'sk-proj-…6789' }).waitFor();

    expect(page.url()).toBe(`${server().url}/graphiql`);
    expect(await page.evaluate(readStorages)).toEqual({ local: [], session: [token] });
    expect(await page.context().cookies()).toEqual([]);
    await page.click('#forget-token');
    expect(await page.evaluate(readStorages)).toEqual({ local: [], session: [] });
  });

  it('chats with the provider that has a key, and shows nothing of it once something else is run', async () => {
    await server().storeKey('alice', 'ANTHROPIC', 'sk-ant-api03-of-the-graphiql-suite-0123');
    const { page } = await open();
    await page.goto(`${server().url}/graphiql`);
    await page.fill('#token', await signToken('alice'));
    await page.click('#token-form button[type=submit]');
    await page.waitForFunction(operationIs, 'Providers');
    expect(await page.isVisible('#answer')).toBe(false);
    await page.getByRole('tab', { name: 'Chat' }).click();
    await page.waitForFunction(operationIs, 'Chat');
    await page.click('.graphiql-execute-button');
    await page.locator('#answer-status', { hasText: /^Completed · claude-/ }).waitFor();
    await page.getByRole('tab', { name: 'Providers' }).click();
    await page.waitForFunction(operationIs, 'Providers');
    await page.click('.graphiql-execute-button');
    await page.locator('#answer-status', { hasText: /^Answered/ }).waitFor();
    expect(await page.textContent('#answer-text')).not.toContain('stand-in');
  });

  it.each([390, 320, 720, 721, 1280])('fits into %i pixels, with all that can be clicked', async (width) => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const { page } = await open();
    await page.setViewportSize({ width, height: 844 });
    await page.goto(`${server().url}/graphiql`);
    await page.fill('#token', await signToken('alice'));
    await page.click('#token-form button[type=submit]');
    await page.getByRole('tab', { name: 'Chat' }).click();
    await page.waitForFunction(operationIs, 'Chat');
    await page.click('.graphiql-execute-button');
    await page.waitForSelector('#answer-status.good');
    expect(await page.evaluate(findOutside)).toEqual([]);
    // The documentation, which GraphiQL puts beside the editors.
    await page.locator('.graphiql-sidebar button').first().click();
    await page.waitForSelector('.graphiql-doc-explorer');
    expect(await page.evaluate(findOutside)).toEqual([]);
    // Clicked as by a person: what something else covers cannot be.
    await page.click('#forget-token');
    await page.getByRole('tab', { name: 'Search' }).click();
    await page.waitForFunction(operationIs, 'Search');
    await page.click('.graphiql-execute-button');
    await page.waitForSelector('#answer-status.bad');
  });

  it('says that a token is needed', async () => {
    const { page } = await open();
    await page.goto(`${server().url}/graphiql`);
    await page.getByRole('tab', { name: 'Chat' }).click();
    await page.waitForFunction(operationIs, 'Chat');
    await page.click('.graphiql-execute-button');
    await page.locator('.graphiql-response', { hasText: 'paste one above' }).waitFor();
  });
});

// The next ones run in the browser.

interface Box {
  readonly left: number;
  readonly right: number;
  readonly width: number;
}

declare const document: {
  readonly documentElement: { readonly scrollWidth: number };
  querySelectorAll(selector: string): Iterable<{ getBoundingClientRect(): Box; readonly outerHTML: string }>;
};
declare const innerWidth: number;

/** What can be reached by scrolling sideways alone, if at all. */
function findOutside(): string[] {
  const outside = [...document.querySelectorAll('button, input, a, select')].filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    return width > 0 && (left < 0 || right > innerWidth);
  });
  const scrolls = document.documentElement.scrollWidth > innerWidth ? ['the page itself'] : [];
  return [...scrolls, ...outside.map(({ outerHTML }) => outerHTML)];
}

declare const localStorage: Record<string, string>;
declare const sessionStorage: Record<string, string>;

function readStorages(): { local: string[]; session: string[] } {
  return { local: Object.values(localStorage), session: Object.values(sessionStorage) };
}
