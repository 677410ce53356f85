import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import { Client, type RefusedError } from '../../demo/client.mjs';
import { providerIdsOf } from '../../src/providers/registry/provider-ids.js';
import { registry } from '../../src/providers/registry/registry.js';
import { collect } from '../support/collect.js';
import { naming, placing } from '../support/naming.js';
import { describeInChromium, useChromium } from '../support/chromium.js';
import { operationIs, setEditor } from './graphiql-editor.js';

type Demo = ChildProcessByStdio<null, Readable, null>;

// A busy machine is no reason to fail.
jest.setTimeout(300_000);

describe('the demo', () => {
  let temporary: string;
  let running: Demo | null = null;
  beforeEach(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'keystream-demo-suite-'));
  });
  afterEach(async () => {
    running?.kill('SIGKILL');
    await rm(temporary, { recursive: true, force: true });
  });

  const start = (...flags: string[]): Demo => (running = startDemo(temporary, ...flags));

  it('ends by itself with exit code 0, and says which request failed', async () => {
    const demo = start();
    const exited = once(demo, 'exit');
    const lines = await readUntil(demo, /All of it worked/);
    expect(await exited).toEqual([0, null]);
    expect(await readdir(temporary)).toEqual([]);
    const text = lines.join('\n');
    // In a pipe, there are no colours.
    expect(text).not.toContain('\u001b');
    expect(text.match(/ChatCompleted +\d+ tokens in/g)).toHaveLength(5);
    expect(text.match(/SearchStarted +BRAVE: /g)).toHaveLength(2);
    expect(text.match(/SearchFinished +.+: 5 results/g)).toHaveLength(2);
    expect(text).toContain('with 2 results');
    expect(text).toMatch(/ToolCallsRequested +get_weather\n[^]*with 1 result\. The last one begins “Rain/);
    expect(text).toMatch(/plan\.txt +text\/plain, 380000 bytes[^]*\[image\/png, 70 bytes\]/);
    expect(text.match(/(OPENAI|ANTHROPIC|GOOGLE) +\{"name":.*\} fits/g)).toHaveLength(3);
    expect(text).toMatch(/14 chats and 6 searches, 1 of which failed:\n +a chat with OPENAI: KEY_REJECTED/);
  });

  it.each<[string, (demo: Demo) => unknown, number]>([
    ['it is interrupted', (demo) => demo.kill('SIGINT'), 130],
    [
      'it is interrupted twice, by the terminal and by npm',
      (demo) => {
        demo.kill('SIGINT');
        demo.kill('SIGINT');
        setImmediate(() => demo.kill('SIGINT'));
      },
      130,
    ],
    ['it is terminated', (demo) => demo.kill('SIGTERM'), 143],
    ['its terminal is closed', (demo) => demo.kill('SIGHUP'), 129],
    ['its reader leaves, as in `npm run demo | head`', (demo) => demo.stdout.destroy(), 141],
  ])('leaves nothing when %s on its way', async (_, disturb, expected) => {
    const demo = start();
    await readUntil(demo, /Alice stores her keys/);
    const exited = once(demo, 'exit');
    demo.stdout.resume();
    disturb(demo);
    expect(await exited).toEqual([expected, null]);
    expect(await readdir(temporary)).toEqual([]);
    expect(await serversOf(temporary)).toEqual([]);
  });
});

describe('npm run demo', () => {
  it.each<NodeJS.Signals>(['SIGTERM', 'SIGINT'])(
    'hands on %s, and ends when all is gone',
    async (signal) => {
      const temporary = await mkdtemp(join(tmpdir(), 'keystream-demo-suite-'));
      const npm = spawn('npm', ['run', 'demo'], {
        env: { ...process.env, TMPDIR: temporary },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await readUntil(npm, /Alice stores her keys/);
      npm.stdout.resume();
      const exited = once(npm, 'exit');
      npm.kill(signal);
      await exited;
      expect(await serversOf(temporary)).toEqual([]);
      expect((await readdir(temporary)).filter((name) => name.startsWith('keystream-'))).toEqual([]);
      await rm(temporary, { recursive: true, force: true });
    },
    120_000,
  );
});

describe('the demo that stays up', () => {
  let temporary: string;
  let demo: Demo;
  let text: string;
  let url: string;
  let token: string;
  beforeAll(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'keystream-demo-suite-'));
    demo = startDemo(temporary, '--keep');
    text = (await readUntil(demo, /Ctrl-C/)).join('\n');
    [, url = ''] = /GraphiQL +(\S+)\/graphiql/.exec(text) ?? [];
    [, token = ''] = /Token +(\S+)/.exec(text) ?? [];
  });
  afterAll(async () => {
    demo.kill('SIGKILL');
    await rm(temporary, { recursive: true, force: true });
  });

  const alice = () => new Client(url, token);
  /** What the invitation says of the stand-in's endpoint. */
  const stored = (provider: string) => {
    const [, CUSTOM_BASE_URL] = /Where CUSTOM is +(\S+)/.exec(text) ?? [];
    return placing(provider, { CUSTOM_BASE_URL });
  };
  const store = (provider: string, apiKey: string) =>
    alice().request(
      'mutation ($input: StoreApiKeyInput!) { storeApiKey(input: $input) { apiKey { maskedKey } } }',
      { input: { ...stored(provider), apiKey } },
    );

  /** How a chat or a search ends with a key that has just been pasted. */
  const tryOut = async (provider: string) => {
    if (providerIdsOf('CHAT').some((id) => id === provider)) {
      const input = { ...naming(provider), messages: [{ role: 'USER', content: 'Hello' }] };
      const query =
        'subscription ($input: ChatInput!) { chat(input: $input) { __typename ... on ChatFailed { error { code } } } }';
      const events = await collect(alice().chat(query, { input }));
      return events.at(-1)?.error?.code ?? events.at(-1)?.__typename;
    }
    const query = 'query ($input: WebSearchInput!) { webSearch(input: $input) { results { title } } }';
    return alice()
      .request(query, { input: { provider, query: 'cats' } })
      .then(
        ({ webSearch }) => `${webSearch.results.length} results`,
        (error: unknown) => (error as RefusedError).code,
      );
  };

  it('says where everything is', async () => {
    expect(text).toMatch(/Over to you[^\n]*\n\s*Console +http:/);
    expect(text).toContain(` ${url}/console#token=${token}\n`);
    expect(text).toContain(`Apollo Sandbox   ${url}/graphql\n`);
    expect(await alice().request('{ viewer { id } }')).toEqual({ viewer: { id: 'alice' } });
    expect((await fetch(`${url}/graphiql`)).status).toBe(200);
  });

  it('prints a key for each provider and engine, that works when it is pasted', async () => {
    const invitation = text.slice(text.indexOf('Keys to paste'));
    const keys = [...invitation.matchAll(/^ +([A-Z]+) +(\S+)$/gm)].map(
      ([, provider, key]) => [provider!, key!] as const,
    );
    expect(keys.map(([provider]) => provider)).toEqual([...registry.map(({ id }) => id), 'OPENAI']);
    for (const [provider, key] of keys.slice(0, registry.length)) {
      await store(provider, key);
      expect([provider, await tryOut(provider)]).toEqual([
        provider,
        expect.stringMatching(/^ChatCompleted$|^5 results$/),
      ]);
    }
    // The last one is there to see a refusal with.
    const [, refused] = keys.at(-1)!;
    await store('OPENAI', refused);
    expect(await tryOut('OPENAI')).toBe('KEY_REJECTED');
  });

  it.each([
    ['OPENAI', 'sk-4f9c1e7ab20d83566e5bAnother', 'ChatCompleted'],
    ['OPENAI', 'sk-svcacct-4f9c1e7ab20d83566e5b', 'ChatCompleted'],
    ['OPENAI', 'not-one-4f9c1e7ab20d83566e5b', 'KEY_REJECTED'],
    ['ANTHROPIC', 'sk-ant-api03-4f9c1e7ab20d83566e5b', 'ChatCompleted'],
    ['ANTHROPIC', 'sk-ant-api03-4f9c1e7ab20drefused', 'KEY_REJECTED'],
    ['GOOGLE', 'AIza4f9c1e7ab20d83566e5b4f9c1e7ab20d835', 'ChatCompleted'],
    ['GOOGLE', 'AIza4f9c1e7ab20d83566e5b4f9c1erefused', 'KEY_REJECTED'],
    ['OPENROUTER', 'sk-or-v1-4f9c1e7ab20d83566e5b', 'ChatCompleted'],
    ['OPENROUTER', 'sk-or-v1-4f9c1e7ab20drefused', 'KEY_REJECTED'],
    ['GROQ', 'gsk_4f9c1e7ab20d83566e5b', 'ChatCompleted'],
    ['GROQ', 'gsk_4f9c1e7ab20drefused', 'KEY_REJECTED'],
    ['XAI', 'xai-4f9c1e7ab20d83566e5b', 'ChatCompleted'],
    ['XAI', 'xai-4f9c1e7ab20drefused', 'KEY_REJECTED'],
    ['DEEPSEEK', 'sk-4f9c1e7ab20d83566e5b', 'ChatCompleted'],
    ['DEEPSEEK', 'sk-4f9c1e7ab20d83566e5brefused', 'KEY_REJECTED'],
    ['MISTRAL', '4f9c1e7ab20d83566e5b', 'ChatCompleted'],
    ['MISTRAL', '4f9c1e7ab20d83566erefused', 'KEY_REJECTED'],
    ['CUSTOM', 'local-4f9c1e7ab20d83566e5b', 'ChatCompleted'],
    ['CUSTOM', 'local-4f9c1e7ab20drefused', 'KEY_REJECTED'],
    ['FIRECRAWL', 'fc-4f9c1e7ab20d83566e5b4f9c1e7ab20d', '5 results'],
    ['FIRECRAWL', 'fc-4f9c1e7ab20d83566e5b4f9c1refused', 'KEY_REJECTED'],
    ['BRAVE', 'BSA4f9c1e7ab20d83566e5b', '5 results'],
    ['BRAVE', 'BSA4f9c1e7ab20d835refused', 'KEY_REJECTED'],
    ['TAVILY', 'tvly-dev-4f9c1e7ab20d83566e5b', '5 results'],
    ['TAVILY', 'tvly-dev-4f9c1e7abrefused', 'KEY_REJECTED'],
    ['SERPER', '4f9c1e7ab20d83566e5b4f9c1e7ab20d83566e5b', '5 results'],
    ['SERPER', '4f9c1e7ab20d83566e5b4f9c1e7ab20refused', 'KEY_REJECTED'],
  ])('asks %s with %s: %s', async (provider, key, outcome) => {
    await store(provider, key);
    expect(await tryOut(provider)).toBe(outcome);
  });

  it('does what README says to try, as it stands there', async () => {
    const outcomes: unknown[] = [];
    for (const { query, variables } of await stepsOfReadme()) {
      if (query.startsWith('subscription')) {
        const events = await collect(alice().chat(query, variables));
        outcomes.push([events[0]?.maskedKey, events.at(-1)?.__typename]);
      } else {
        outcomes.push(await alice().request(query, variables));
      }
    }
    expect(outcomes).toEqual([
      expect.objectContaining({
        keyResolution: expect.objectContaining({ available: true, provider: 'OPENAI' }),
      }),
      {
        storeApiKey: {
          replacedKeyId: expect.any(String),
          apiKey: expect.objectContaining({ status: 'ACTIVE' }),
        },
      },
      ['sk-proj-…6e5b', 'ChatCompleted'],
    ]);
  });

  describeInChromium('in Chromium', () => {
    const open = useChromium();

    it('does what README says to try, in GraphiQL', async () => {
      const { page, complaints } = await open();
      await page.goto(`${url}/graphiql`);
      await page.fill('#token', token);
      await page.click('text=Use');
      await page.waitForFunction(operationIs, 'Providers');
      const answers = [/^keyResolution:/m, /^storeApiKey:/m, /stand-in speaking/];
      for (const { query, variables } of await stepsOfReadme()) {
        const [, name = null] = /^(?:mutation|subscription) (\w+)/.exec(query) ?? [];
        await page.evaluate(setEditor, ['.graphiql-query-editor', query] as const);
        await page.evaluate(setEditor, ['.graphiql-editor-tool', JSON.stringify(variables)] as const);
        await page.waitForFunction(operationIs, name);
        await page.click('.graphiql-execute-button');
        await page.locator('#answer-text', { hasText: answers.shift()! }).waitFor();
        await page.waitForSelector('#answer-status.good');
      }
      expect(await page.textContent('#answer-status')).toMatch(/^Completed · .* · sk-proj-…6e5b/);
      expect(complaints).toEqual([]);
    });
  });

  it('leaves nothing when it is interrupted, and lets others be', async () => {
    demo.stdout.resume();
    const exited = once(demo, 'exit');
    demo.kill('SIGINT');
    demo.kill('SIGINT');
    expect(await exited).toEqual([130, null]);
    expect(await readdir(temporary)).toEqual([]);
    expect(await serversOf(temporary)).toEqual([]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

function startDemo(temporary: string, ...flags: string[]): Demo {
  return spawn(process.execPath, ['demo/main.mjs', ...flags], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** What README's "Try it" says to run, in its order: each operation with the variables that follow it. */
async function stepsOfReadme(): Promise<{ query: string; variables: Record<string, unknown> }[]> {
  const [, section = ''] = (await readFile('README.md', 'utf8')).split(/^## Try it$/m);
  const blocks = [...section.split(/^##+ /m)[0]!.matchAll(/```(graphql|json)\n([^]*?)```/g)];
  return blocks.flatMap(([, language, text], index) => {
    if (language !== 'graphql') return [];
    const [, next, json = ''] = blocks[index + 1] ?? [];
    const variables = next === 'json' ? (JSON.parse(json) as Record<string, unknown>) : {};
    return [{ query: text!.trim(), variables }];
  });
}

/** The servers that still run in a folder: each has it as its DATA_DIR. */
async function serversOf(folder: string): Promise<string[]> {
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const environments = await Promise.all(
    processes.map((id) => readFile(`/proc/${id}/environ`, 'utf8').catch(() => '')),
  );
  return processes.filter((_, index) => environments[index]!.includes(`DATA_DIR=${folder}`));
}

async function readUntil(demo: Demo, last: RegExp): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: demo.stdout })) {
    lines.push(line);
    if (last.test(line)) return lines;
  }
  throw new Error(`The demo ended early:\n${lines.join('\n')}`);
}
