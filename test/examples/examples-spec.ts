import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { png } from '../support/media.js';
import { NetworkProxy } from '../support/network-proxy.js';
import { ScriptedChat } from '../support/scripted-chat.js';
import { signToken, TestServer } from '../support/test-server.js';
import { useTestServer } from '../support/use-test-server.js';
import { describeInChromium, useChromium } from '../support/chromium.js';

const KEY = 'sk-proj-of-the-examples-suite-0123456789';
const SEARCH_KEY = 'BSA-of-the-examples-suite-0123456789';

/** A lost client is waited for: graphql-ws takes some seconds before it connects again. */
const PATIENT = { CHAT_DISCONNECT_GRACE_MS: '60000' };

type Script = ChildProcessByStdio<null, Readable, Readable>;

function run(script: string, argv: readonly string[], environment: Readonly<Record<string, string>>): Script {
  return spawn(process.execPath, [script, ...argv], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

describe('examples/node-client', () => {
  const server = useTestServer(PATIENT);

  const start = (
    question: string,
    token: string,
    url = server().webSocketUrl,
    flags: readonly string[] = [],
  ) =>
    run('examples/node-client/chat.mjs', [...flags, question], {
      KEYSTREAM_URL: url,
      KEYSTREAM_TOKEN: token,
    });

  const ask = async (question: string, token: string, ...flags: string[]) => {
    const script = start(question, token, server().webSocketUrl, flags);
    const [output, complaints, [code]] = await Promise.all([
      script.stdout.toArray(),
      script.stderr.toArray(),
      once(script, 'close'),
    ]);
    return { output: output.join(''), complaints: complaints.join(''), code: code as number };
  };

  it('streams a chat', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const { output, complaints, code } = await ask('Why is the sky blue?', await signToken('alice'));
    expect(output).toContain('“Why is the sky blue?”');
    expect(complaints).toMatch(/^OPENAI · \S+ · USER\n$/);
    expect(code).toBe(0);
  });

  it('lets the model call a tool of the script', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const script = run(
      'examples/node-client/tools.mjs',
      ['The time?\ncall: get_time {"timeZone":"Asia/Tokyo"}'],
      {
        KEYSTREAM_URL: `${server().url}/graphql`,
        KEYSTREAM_TOKEN: await signToken('alice'),
      },
    );
    const [output, complaints, [code]] = await Promise.all([
      script.stdout.toArray(),
      script.stderr.toArray(),
      once(script, 'close'),
    ]);
    expect(complaints.join('')).toBe('get_time {"timeZone":"Asia/Tokyo"}\n');
    expect(output.join('')).toMatch(/with 1 result\. The last one begins “\w+day, .*GMT\+9/);
    expect(code).toBe(0);
  });

  it('asks about an image', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const folder = await mkdtemp(join(tmpdir(), 'keystream-image-'));
    const path = join(folder, 'pixel.png');
    await writeFile(path, png);
    const script = run('examples/node-client/image.mjs', [path, 'What is it?'], {
      KEYSTREAM_URL: `${server().url}/graphql`,
      KEYSTREAM_TOKEN: await signToken('alice'),
    });
    const [output, complaints, [code]] = await Promise.all([
      script.stdout.toArray(),
      script.stderr.toArray(),
      once(script, 'close'),
    ]);
    await rm(folder, { recursive: true });
    expect(complaints.join('')).toBe('');
    expect(output.join('')).toContain(`[image/png, ${String(png.length)} bytes]`);
    expect(code).toBe(0);
  });

  it('asks with the package of OpenAI', async () => {
    const ask = async (...argv: string[]) => {
      const script = run('examples/node-client/openai.mjs', argv, {
        KEYSTREAM_URL: `${server().url}/v1`,
        KEYSTREAM_TOKEN: await signToken('alice'),
      });
      const [output, complaints, [code]] = await Promise.all([
        script.stdout.toArray(),
        script.stderr.toArray(),
        once(script, 'close'),
      ]);
      return { output: output.join(''), complaints: complaints.join(''), code: code as number };
    };
    expect(await ask('Hello')).toMatchObject({
      complaints: 'There is no model: store a key first.\n',
      code: 1,
    });
    await server().storeKey('alice', 'OPENAI', KEY);
    const { output, complaints, code } = await ask('Why is the sky blue?');
    expect(output).toContain('“Why is the sky blue?”');
    expect(complaints).toMatch(/^\n\S+ · \d+ tokens\n$/);
    expect(code).toBe(0);
    const refused = await ask('--model', 'anthropic/x', 'Hello');
    expect(refused).toMatchObject({ complaints: expect.stringMatching(/^NO_KEY_AVAILABLE: /), code: 1 });
  });

  it('says what the model searches for, where it may', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    await server().storeKey('alice', 'BRAVE', SEARCH_KEY);
    const { output, complaints, code } = await ask('search: cats', await signToken('alice'), '--search');
    expect(output).toContain('with 1 result');
    expect(complaints).toContain('Searching BRAVE for “cats”…\n');
    expect(code).toBe(0);
  });

  it('goes on after its connection was lost: all of the answer, once, and paid for once', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const proxy = await NetworkProxy.start(server().url);
    const upstream = new ScriptedChat(server().standIn);
    const script = start('Hello', await signToken('alice'), proxy.urlOf(server().webSocketUrl));
    const complaints = script.stderr.toArray();
    const output = texts(script.stdout);
    await upstream.say('one', ' two');
    await output.until('one two');
    proxy.cut();
    await upstream.say(' three');
    await output.until('one two three');
    await upstream.say(' four');
    await upstream.end();
    expect(await once(script, 'close')).toEqual([0, null]);
    expect(output.sofar()).toBe('one two three four');
    expect((await complaints).join('')).toContain('Trying again');
    expect(server().standIn.requests).toHaveLength(1);
    await proxy.stop();
  });

  it('stops the chat, and the provider with it, on Ctrl-C', async () => {
    await server().storeKey('alice', 'OPENAI', KEY);
    const upstream = new ScriptedChat(server().standIn);
    const script = start('Hello', await signToken('alice'));
    const output = texts(script.stdout);
    await upstream.say('one');
    await output.until('one');
    script.kill('SIGINT');
    await upstream.closed();
    expect(await once(script, 'close')).toEqual([1, null]);
  });

  it('says what is wrong', async () => {
    const withoutKey = await ask('Hello', await signToken('bob'));
    expect(withoutKey).toMatchObject({
      output: '',
      complaints: expect.stringContaining('NO_KEY_AVAILABLE'),
      code: 1,
    });
    const withBadToken = await ask('Hello', 'none');
    expect(withBadToken).toMatchObject({
      output: '',
      complaints: 'Closed: 4403 A valid token is needed\n',
      code: 1,
    });
  });
});

describe('examples/browser', () => {
  let site: Script;
  let origin: string;
  beforeAll(async () => {
    site = run('examples/browser/serve.mjs', [], { PORT: '0' });
    [origin] = (await once(createInterface({ input: site.stdout }), 'line')) as [string];
  });
  afterAll(() => {
    site.kill();
  });

  it('serves the page and the packages, and nothing beside them', async () => {
    const status = async (path: string) => (await fetch(origin + path)).status;
    expect(await status('/')).toBe(200);
    expect(await status('/node_modules/rxjs/dist/esm/internal/Observable')).toBe(200);
    expect(await status('/node_modules/..%2fpackage.json')).toBe(404);
    expect(await status('/..%2f..%2fpackage.json')).toBe(404);
  });

  describeInChromium('in Chromium', () => {
    const open = useChromium();
    let database: TestDatabase;
    let server: TestServer;

    const startServer = async (environment: Readonly<Record<string, string>>) => {
      database = await createDatabase();
      server = await TestServer.start({ ...database.environment, ...PATIENT, ...environment });
      await server.storeKey('alice', 'OPENAI', KEY);
    };
    afterEach(async () => {
      await server.stop();
      await database.drop();
    });

    /** @param searchingFor a question for whose answer the model may search */
    const ask = async (url = server.webSocketUrl, searchingFor?: string) => {
      const watched = await open();
      await watched.page.goto(origin);
      await watched.page.fill('#server', url);
      await watched.page.fill('#token', await signToken('alice'));
      if (searchingFor !== undefined) {
        await watched.page.fill('#question', searchingFor);
        await watched.page.check('#search');
      }
      await watched.page.click('text=Ask');
      return watched;
    };

    it('streams a chat', async () => {
      await startServer({ ALLOWED_ORIGINS: origin });
      const { page, complaints } = await ask();
      await page.locator('#status', { hasText: 'Completed' }).waitFor();
      expect(await page.textContent('#answer')).toContain('“Why is the sky blue?”');
      expect(complaints).toEqual([]);
    });

    it('says what the model searches for, where it may', async () => {
      await startServer({ ALLOWED_ORIGINS: origin });
      await server.storeKey('alice', 'BRAVE', SEARCH_KEY);
      const { page, complaints } = await ask(server.webSocketUrl, 'search: cats');
      await page.locator('#status', { hasText: 'Completed' }).waitFor();
      expect(await page.textContent('#status')).toContain('Searching BRAVE for “cats”…');
      expect(await page.textContent('#answer')).toContain('with 1 result');
      expect(complaints).toEqual([]);
    });

    it('goes on after its connection was lost: all of the answer, once, and paid for once', async () => {
      await startServer({ ALLOWED_ORIGINS: origin });
      const proxy = await NetworkProxy.start(server.url);
      const upstream = new ScriptedChat(server.standIn);
      const { page } = await ask(proxy.urlOf(server.webSocketUrl));
      await upstream.say('one', ' two');
      await page.waitForFunction(answerIs, 'one two');
      proxy.cut();
      await upstream.say(' three');
      await page.waitForFunction(answerIs, 'one two three');
      await upstream.end();
      await page.locator('#status', { hasText: 'Completed' }).waitFor();
      expect(await page.textContent('#answer')).toBe('one two three');
      expect(server.standIn.requests).toHaveLength(1);
      await proxy.stop();
    });

    it('goes on after the page was loaded again, and after its connection was lost then', async () => {
      await startServer({ ALLOWED_ORIGINS: origin });
      const proxy = await NetworkProxy.start(server.url);
      const upstream = new ScriptedChat(server.standIn);
      const { page, complaints } = await ask(proxy.urlOf(server.webSocketUrl));
      await upstream.say('one', ' two');
      await page.waitForFunction(answerIs, 'one two');
      const sent: string[] = [];
      page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))));
      await page.reload();
      await page.waitForFunction(answerIs, 'one two');
      await upstream.say(' three');
      await page.waitForFunction(answerIs, 'one two three');
      // Only what it had not: ChatStarted and two deltas were there.
      expect(sent.join('\n')).toContain('"afterSeq":3');
      expect(complaints).toEqual([]);
      proxy.cut();
      await upstream.say(' four');
      await page.waitForFunction(answerIs, 'one two three four');
      await upstream.end();
      await page.locator('#status', { hasText: /^OPENAI .* · Completed$/ }).waitFor();
      expect(await page.textContent('#answer')).toBe('one two three four');
      expect(server.standIn.requests).toHaveLength(1);
      expect(await page.evaluate(countKept)).toBe(0);
      await proxy.stop();
    });

    it('stops a chat, and the provider with it', async () => {
      await startServer({ ALLOWED_ORIGINS: origin });
      const asked = server.standIn.nextRequest('OPENAI');
      server.standIn.once('OPENAI', () => undefined);
      const { page } = await ask();
      const { closedByClient } = await asked;
      await page.click('#stop');
      await closedByClient;
      expect(await page.textContent('#status')).toBe('Stopped');
    });

    it('is refused where its origin is not allowed', async () => {
      await startServer({});
      const { page, complaints } = await ask();
      await page.locator('#status', { hasNotText: 'Asking' }).waitFor();
      expect(await page.textContent('#answer')).toBe('');
      expect(complaints).toEqual([expect.stringContaining('403')]);
    });
  });
});

// The next two run in the browser.

declare const document: { querySelector(selector: string): { readonly textContent: string } };
declare const sessionStorage: { readonly length: number };

function answerIs(text: string): boolean {
  return document.querySelector('#answer').textContent === text;
}

function countKept(): number {
  return sessionStorage.length;
}

/** What a stream has said so far. */
function texts(stream: Readable) {
  let text = '';
  let wake = (): void => undefined;
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    wake();
  });
  return {
    sofar: () => text,
    until: async (expected: string): Promise<void> => {
      while (text !== expected) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}
