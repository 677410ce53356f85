import type { Page } from 'playwright-core';
import { signToken } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';
import { describeInChromium, useChromium } from '../support/chromium.js';
import { operationIs, setEditor } from './graphiql-editor.js';

const KEY = 'sk-proj-of-the-graphiql-suite-0123456789';
const SEARCH_KEY = 'BSA-of-the-graphiql-suite-0123456789';
const QUESTION = { messages: [{ role: 'USER', content: 'Why?' }] };
const HALF = {
  data: { a: { id: 'alice' }, b: null },
  errors: [{ message: 'Later', path: ['b'], extensions: { code: 'RATE_LIMITED' } }],
};
const ANSWER = /^This is OpenAI's stand-in speaking: .*stream them\.$/;

describeInChromium("GraphiQL's answer", () => {
  const server = useTestServer();
  const open = useChromium();

  /** What stands on the page when an operation, which is to be named Tried, has ended. */
  const run = async (
    query: string,
    variables: object = {},
    prepare: (page: Page) => Promise<unknown> = () => Promise.resolve(),
  ) => {
    const { page } = await open();
    await prepare(page);
    await page.goto(`${server().url}/graphiql`);
    await page.fill('#token', await signToken('alice'));
    await page.click('#token-form button[type=submit]');
    await type(page, query, variables);
    await page.click('.graphiql-execute-button');
    await page.waitForSelector('#answer-status.good, #answer-status.bad');
    return seen(page);
  };

  const type = async (page: Page, query: string, variables: object) => {
    await page.waitForFunction(operationIs, 'Providers');
    await page.evaluate(setEditor, ['.graphiql-query-editor', query] as const);
    await page.evaluate(setEditor, ['.graphiql-editor-tool', JSON.stringify(variables)] as const);
    await page.waitForFunction(operationIs, 'Tried');
  };

  const seen = async (page: Page) => ({
    text: (await page.textContent('#answer-text')) ?? '',
    status: (await page.textContent('#answer-status')) ?? '',
    kind: (await page.getAttribute('#answer-status', 'class')) ?? '',
    reasoning: await page.locator('#answer-text .reasoning').allTextContents(),
    notes: await page.locator('#answer-text .note').allTextContents(),
    data: JSON.stringify(JSON.parse((await page.evaluate(readResponse)) || '{}')),
  });

  describe('to a chat', () => {
    beforeEach(() => server().storeKey('alice', 'OPENAI', KEY));

    it('through fragments, in parts and under other names', async () => {
      const { text, status } = await run(
        `subscription Tried($input: ChatInput!) { ...Root }
         fragment Root on Subscription { it: chat(input: $input) { ...Event } }
         fragment Event on ChatEvent { ...Text ... on ChatStarted { by: model hidden: maskedKey } ... on ChatCompleted { a: usage { i: inputTokens } b: usage { o: outputTokens } } }
         fragment Text on TextDelta { said: text }`,
        { input: QUESTION },
      );
      expect(text).toMatch(ANSWER);
      expect(status).toMatch(/^Completed · gpt-\S+ · sk-proj-…6789 · \d+ \+ \d+ tokens$/);
    });

    it('adds nothing to what was asked for', async () => {
      const { data } = await run(
        'subscription Tried($input: ChatInput!) { chat(input: $input) { ... on ChatCompleted { finishReason } } }',
        { input: QUESTION },
      );
      expect(data).toBe('{"data":{"chat":{"finishReason":"STOP"}}}');
    });

    it('with its reasoning apart', async () => {
      const { reasoning, text } = await run(
        'subscription Tried($input: ChatInput!) { chat(input: $input) { ... on ReasoningDelta { x: text } ... on TextDelta { x: text } } }',
        { input: { ...QUESTION, reasoningEffort: 'LOW' } },
      );
      expect(reasoning).toEqual([
        'The user greets a stand-in. A short, friendly answer that says so will do.',
      ]);
      expect(text.slice(reasoning.join('').length)).toMatch(ANSWER);
    });

    it('that searches', async () => {
      await server().storeKey('alice', 'BRAVE', SEARCH_KEY);
      const { notes, text } = await run(
        `subscription Tried($input: ChatInput!) { chat(input: $input) {
          ... on SearchStarted { who: engine what: query }
          ... on SearchFinished { who: provider what: query found: results { name: title } problem: error { code } }
          ... on TextDelta { text } } }`,
        { input: { messages: [{ role: 'USER', content: 'search: cats' }], webSearch: {} } },
      );
      expect(notes.slice(0, 4)).toEqual([
        'Searching · BRAVE · “cats”',
        'Searched · 5 results · BRAVE · “cats”',
        'cats: An introduction',
        'cats: Frequently asked questions',
      ]);
      expect(text).toMatch(/with 1 result\. The last one begins/);
    });

    it('that is resumed, from its middle and after its end', async () => {
      const events = await server().chatEvents('alice', {});
      const { chatId, seq } = events.at(-1)!;
      const texts = events.filter(({ __typename }) => __typename === 'TextDelta').map(({ text }) => text);
      const RESUME =
        'subscription Tried($id: ID!, $seq: Int!) { back: resumeChat(chatId: $id, afterSeq: $seq) { ... on TextDelta { t: text } } }';
      const inTheMiddle = await run(RESUME, { id: chatId, seq: 3 });
      expect(inTheMiddle.text).toBe(texts.slice(2).join(''));
      expect(inTheMiddle.status).toMatch(/^Completed/);
      expect(await run(RESUME, { id: chatId, seq })).toMatchObject({
        status: 'Nothing more to come',
        kind: 'good',
      });
    });

    it('that fails, on its way and before it', async () => {
      const CHAT =
        'subscription Tried($input: ChatInput!) { c: chat(input: $input) { ... on ChatFailed { why: error { what: code } } } }';
      server().standIn.revokeKey('OPENAI', KEY);
      expect(await run(CHAT, { input: QUESTION })).toMatchObject({
        status: 'Failed · KEY_REJECTED',
        kind: 'bad',
      });
      const refused = await run(CHAT, { input: { ...QUESTION, provider: 'GOOGLE' } });
      expect(refused.status).toMatch(/^Failed · NO_KEY_AVAILABLE · /);
    });

    it('that is no valid operation', async () => {
      const { status } = await run('subscription Tried { chat { nothing } }');
      expect(status).toMatch(/^Failed · \w+ · .* · \d errors$/);
    });
  });

  describe('to all else', () => {
    it('is put in short: searches under the names that they were given, errors beside data', async () => {
      await server().storeKey('alice', 'BRAVE', SEARCH_KEY);
      const { text, status, kind } = await run(
        `query Tried {
          cats: webSearch(input: { query: "cats", limit: 2 }) { by: provider results { name: title } }
          dogs: webSearch(input: { query: "dogs", limit: 1 }) { results { title url } }
        }`,
      );
      expect(text.split('\n').filter((line) => line.includes('title') || line.includes('name'))).toEqual([
        '    name cats: An introduction',
        '    name cats: Frequently asked questions',
        '    title dogs: An introduction · url https://example.com/1/dogs',
      ]);
      expect(text).toContain('cats:\n  by BRAVE\n');
      expect(status).toMatch(/^Answered · \d+ ms$/);
      expect(kind).toBe('good');
    });

    it('says what failed, and what beside it did not', async () => {
      const { text, kind } = await run(
        'query Tried { me: viewer { id } can: keyResolution(provider: OPENAI) { available candidates { reason } } }',
      );
      expect(text).toBe(
        'me:\n  id alice\ncan:\n  available false\n  candidates:\n    reason You have stored no key for OpenAI.\n    reason The server has no key for OpenAI.',
      );
      expect(kind).toBe('good');
      const failed = await run('query Tried { webSearch(input: { query: "cats" }) { provider } }');
      expect(failed.status).toMatch(/^Failed · NO_KEY_AVAILABLE · /);
      const inPart = await run('query Tried { a: viewer { id } b: viewer { id } }', {}, (page) =>
        page.route('**/graphql', (route) =>
          route.request().postData()?.includes('Tried') ? route.fulfill({ json: HALF }) : route.continue(),
        ),
      );
      expect(inPart).toMatchObject({
        text: 'b –\na:\n  id aliceb · RATE_LIMITED · Later',
        status: 'Answered in part · RATE_LIMITED · Later',
        kind: 'bad',
      });
    });

    it('says that nothing answered', async () => {
      const { status } = await run('query Tried { viewer { id } }', {}, (page) =>
        page.route('**/graphql', (route) =>
          route.request().postData()?.includes('Tried')
            ? route.fulfill({ status: 502, body: 'Bad gateway' })
            : route.continue(),
        ),
      );
      expect(status).toBe('Failed · The server answered 502 Bad Gateway, and no JSON.');
    });

    it('after a mutation, and after a question for the schema', async () => {
      const stored = await run(
        'mutation Tried($input: StoreApiKeyInput!) { new: storeApiKey(input: $input) { key: apiKey { shown: maskedKey } } }',
        { input: { provider: 'OPENAI', apiKey: KEY } },
      );
      expect(stored.text).toBe('new:\n  key:\n    shown sk-proj-…6789');
      const { text } = await run('query Tried { s: __schema { queryType { name } } }');
      expect(text).toBe('s:\n  queryType:\n    name Query');
    });
  });
});

declare const document: {
  querySelector(selector: string): { readonly CodeMirror: { getValue(): string } };
};

/** Runs in the browser. */
function readResponse(): string {
  return document.querySelector('.graphiql-response .CodeMirror').CodeMirror.getValue();
}
