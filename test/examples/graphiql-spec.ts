import { existsSync } from 'node:fs';
import { graphiqlFiles, graphiqlPage } from '../../src/graphiql/graphiql-files.js';
import { signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';
import { describeInChromium, useChromium } from './chromium.js';

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
    await page.evaluate(setVariables, JSON.stringify({ input: { provider: 'OPENAI', apiKey: KEY } }));
    await page.click('.graphiql-execute-button');
    await page.locator('.graphiql-response', { hasText: 'sk-proj-…6789' }).waitFor();

    expect(page.url()).toBe(`${server().url}/graphiql`);
    expect(await page.evaluate(readStorages)).toEqual({ local: [], session: [token] });
    expect(await page.context().cookies()).toEqual([]);
    await page.click('#forget-token');
    expect(await page.evaluate(readStorages)).toEqual({ local: [], session: [] });
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

// The next three run in the browser. GraphiQL takes a moment to notice that its editor holds another operation.

interface EditorElement {
  readonly CodeMirror: { readonly operationName?: string; setValue(value: string): void };
}

declare const document: { querySelector(selector: string): EditorElement };
declare const localStorage: Record<string, string>;
declare const sessionStorage: Record<string, string>;

function operationIs(name: string): boolean {
  return document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.operationName === name;
}

function setVariables(variables: string): void {
  document.querySelector('.graphiql-editor-tool .CodeMirror').CodeMirror.setValue(variables);
}

function readStorages(): { local: string[]; session: string[] } {
  return { local: Object.values(localStorage), session: Object.values(sessionStorage) };
}
