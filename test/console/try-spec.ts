import { hang, reply } from '../../demo/stand-in/behaviours.mjs';
import { brave } from '../../demo/stand-in/brave.mjs';
import { describeInChromium } from '../support/chromium.js';
import { accessibilityFaults } from './accessibility.js';
import { holdOperation } from './held-operation.js';
import { focusedName } from './key-steps.js';
import { Speaker } from './speaker.js';
import { OPENAI_KEY, openTry } from './try-page.js';
import { colorSchemes, useConsole, widestOverflow } from './use-console.js';

const ANTHROPIC_KEY = 'sk-ant-api03-of-the-console-suite-0123456789';
const BRAVE_KEY = 'BSA-of-the-console-suite-0123456789';
const PRICED = /Tokens in 12.*Tokens out \d+.*Cost \$0\.\d+.*Finish complete/;

describeInChromium('a chat in the console', () => {
  const running = useConsole();

  it('is asked and read by the keyboard alone', async () => {
    const chat = await openTry(running(), 'keyboard');
    const { page } = chat;
    const speaking = Speaker.next(running().standIn);
    await chat.question.focus();
    await page.keyboard.type('One line');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('and another');
    await page.keyboard.press('Enter');
    const speaker = await speaking;
    expect(speaker.request.input.at(-1).content).toBe('One line\nand another');
    await chat.answer
      .locator('[data-payer]', { hasText: /OpenAI.*gpt-5\.4-mini.*Your key.*sk-proj-…6789/ })
      .waitFor();
    expect(await chat.question.inputValue()).toBe('');
    expect(await chat.answer.getAttribute('aria-busy')).toBe('true');
    await speaker.say('Two **lines**, then.');
    await chat.text.locator('strong', { hasText: 'lines' }).waitFor();
    speaker.end();
    await chat.completed();
    expect(await chat.answer.getAttribute('aria-busy')).toBe('false');
    expect(await chat.figures.innerText().then((text) => text.replaceAll(/\s+/g, ' '))).toMatch(PRICED);
    expect(await chat.figures.innerText()).toMatch(/First token\s+[\d.]+ s\s+Total\s+[\d.]+ s/);
    expect(await chat.question.evaluate((element) => element.matches(':focus'))).toBe(true);
    expect(chat.complaints).toEqual([]);
  });

  it('is told what was chosen for it', async () => {
    const chat = await openTry(running(), 'chooser');
    const { page } = chat;
    const speaking = Speaker.next(running().standIn);
    await chat.model.fill('gpt-of-my-own');
    await page.getByLabel('System instructions').fill('Be brief.');
    await page.getByLabel('Reasoning effort').selectOption({ label: 'High' });
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByLabel('Most tokens of the answer').fill('100');
    await page.getByLabel('Temperature').pressSequentially('0.5');
    await chat.ask('Why?');
    const { request } = await speaking;
    expect(request).toMatchObject({ model: 'gpt-of-my-own', max_output_tokens: 100, temperature: 0.5 });
    expect(request.reasoning.effort).toBe('high');
    expect(JSON.stringify(request)).toContain('Be brief.');
  });

  it('offers providers with a key first, endpoints by their names, and the models that each has', async () => {
    const { server, standIn } = running();
    standIn.acceptMadeUpKeys();
    await server.storeKey('owner', 'CUSTOM', 'local-of_the_console_suite');
    const chat = await openTry(running(), 'owner');
    const { page } = chat;
    const providers = page.getByRole('combobox', { name: 'Provider' });
    const options = await providers.getByRole('option').allTextContents();
    expect(options.slice(0, 3)).toEqual(['OpenAI', 'home', 'Anthropic']);
    await providers.selectOption({ label: 'home' });
    await page.locator('input[value=local-model]').waitFor();
    await chat.ask('Anyone at home?');
    await chat.completed();
    expect(await chat.answer.locator('[data-payer]').innerText()).toMatch(/local-model/);
  });

  it('moves nothing when it is known late that the provider lists no models', async () => {
    const { page } = await openTry(running(), 'guesser');
    const models = holdOperation(page, 'ChatModels');
    await page.reload();
    await models.asked;
    const place = () => page.getByLabel('System instructions').boundingBox();
    const before = await place();
    const guessed = {
      source: 'CATALOGUE',
      models: [{ id: 'known', displayName: 'Known', contextTokens: 1 }],
    };
    await models.answer((route) => route.fulfill({ json: { data: { models: guessed } } }));
    await page.getByText('these are the models that the server knows of').filter({ visible: true }).waitFor();
    expect(await place()).toEqual(before);
  });

  it('goes on with what was said before, until a new one begins', async () => {
    const chat = await openTry(running(), 'talker');
    await chat.ask('say: First answer');
    await chat.completed();
    const second = Speaker.next(running().standIn);
    await chat.ask('And then?');
    const speaker = await second;
    expect(speaker.request.input.map(({ role }: { role: string }) => role)).toEqual([
      'user',
      'assistant',
      'user',
    ]);
    expect(JSON.stringify(speaker.request.input)).toContain('First answer');
    speaker.end();
    await chat.completed();
    await chat.page.getByRole('button', { name: 'New chat' }).click();
    expect(await chat.page.getByRole('article').count()).toBe(0);
    const third = Speaker.next(running().standIn);
    await chat.ask('Anew');
    expect((await third).request.input).toHaveLength(1);
  });

  it('shows the thoughts of the model while they come, and folds them up', async () => {
    const chat = await openTry(running(), 'thinker');
    const speaking = Speaker.next(running().standIn);
    await chat.ask('Think');
    const speaker = await speaking;
    await speaker.think('Let me see: **keys**.');
    const thoughts = chat.answer.locator('[data-reasoning]');
    await thoughts.getByText('Let me see').waitFor();
    await speaker.endThinking();
    await speaker.say('Done.');
    await chat.says('Done.');
    expect(await thoughts.getByText('Let me see').isVisible()).toBe(false);
    await thoughts.getByRole('button', { name: 'Thoughts' }).press('Enter');
    await thoughts.getByText('Let me see').waitFor();
    speaker.end();
    await chat.completed();
  });

  it('leaves the thoughts open for a reader who has gone up to them', async () => {
    const chat = await openTry(running(), 'slow-reader');
    const speaking = Speaker.next(running().standIn);
    await chat.ask('Think for long');
    const speaker = await speaking;
    await speaker.think('A long thought.\n\n'.repeat(60));
    const thoughts = chat.answer.locator('[data-reasoning]').getByText('A long thought.').first();
    await thoughts.waitFor();
    await chat.page.getByRole('region', { name: 'Conversation' }).evaluate((region) => {
      region.scrollTop = 0;
    });
    const toEnd = chat.page.getByRole('button', { name: 'Go to the end' });
    await toEnd.waitFor();
    await speaker.endThinking();
    await speaker.say('Done.');
    await chat.says('Done.');
    expect(await thoughts.isVisible()).toBe(true);
    await toEnd.press('Enter');
    await toEnd.waitFor({ state: 'detached' });
    expect(await focusedName(chat.page)).toBe('Conversation');
    await thoughts.waitFor({ state: 'hidden' });
    speaker.end();
    await chat.completed();
  });

  it('shows searches as they run, and what they found', async () => {
    const { server } = running();
    const chat = await openTry(running(), 'searcher');
    await server.storeKey('searcher', 'BRAVE', BRAVE_KEY);
    await chat.page.getByRole('switch', { name: 'Web search' }).check({ force: true });
    await chat.page.getByLabel('At most').press('Backspace');
    await chat.page.getByLabel('At most').pressSequentially('7');
    const { standIn } = running();
    const asked = standIn.nextRequest('BRAVE');
    standIn.once('BRAVE', hang());
    await chat.ask('search: cats');
    const engine = await asked;
    const searches = chat.answer.locator('[data-searches]');
    await searches.getByText('Searching for “cats”').waitFor();
    const speaking = Speaker.next(standIn);
    void brave.answer(engine, {} as never);
    await searches.getByText('5 hits').waitFor();
    expect(await chat.answer.getAttribute('aria-busy')).toBe('true');
    expect(await searches.getByRole('listitem').count()).toBe(6);
    (await speaking).end();
    await chat.completed();
    expect(await searches.innerText()).toMatch(/Searched for “cats”\s*Brave.*5 hits/s);
    const first = searches.getByRole('link').first();
    expect(await first.getAttribute('rel')).toBe('noopener noreferrer nofollow');
    expect(await first.innerText()).toBe('cats: An introduction');
    expect(await searches.innerText()).toContain('invents about “cats”');
  });

  it('ends a search that runs when it is stopped', async () => {
    const { server, standIn } = running();
    const chat = await openTry(running(), 'search-stopper');
    await server.storeKey('search-stopper', 'BRAVE', BRAVE_KEY);
    await chat.page.getByRole('switch', { name: 'Web search' }).check({ force: true });
    const asked = standIn.nextRequest('BRAVE');
    standIn.once('BRAVE', hang());
    await chat.ask('search: cats');
    const { closedByClient } = await asked;
    await chat.answer.getByText('Searching for “cats”').waitFor();
    await chat.page.getByRole('button', { name: 'Stop', exact: true }).click();
    await closedByClient;
    await chat.answer.getByText('The search for “cats” was not finished').waitFor();
    await chat.answer.getByText('Stopped.').waitFor();
  });

  it('says which provider failed, and which one goes on', async () => {
    const { server, standIn } = running();
    const chat = await openTry(running(), 'switcher');
    await server.storeKey('switcher', 'ANTHROPIC', ANTHROPIC_KEY);
    standIn.once(
      'OPENAI',
      reply({ status: 401, body: { error: { message: 'No', code: 'invalid_api_key' } } }),
    );
    await chat.page.getByRole('switch', { name: 'Failover' }).check({ force: true });
    await chat.ask('Anyone?');
    await chat.completed();
    const notice = chat.answer.locator('[data-code=KEY_REJECTED]');
    expect(await notice.innerText()).toMatch(
      /OpenAI failed, Anthropic goes on\s*The provider refuses the key/,
    );
    await chat.says("This is Anthropic's stand-in speaking");
  });

  it.each(['button', 'key'])('is stopped by a %s', async (by) => {
    const chat = await openTry(running(), `stopper-${by}`);
    const speaking = Speaker.next(running().standIn);
    await chat.ask('Go on for ever');
    const speaker = await speaking;
    await speaker.say('On and on');
    await chat.says('On and on');
    if (by === 'key') await chat.page.keyboard.press('Escape');
    else await chat.page.getByRole('button', { name: 'Stop', exact: true }).click();
    await speaker.exchange.closedByClient;
    await chat.answer.getByText('Stopped.').waitFor();
    await chat.page.getByRole('button', { name: 'Send' }).waitFor();
    expect(await chat.text.innerText()).toBe('On and on');
  });

  it('says what went wrong and what to do, and asks again', async () => {
    const { standIn } = running();
    const chat = await openTry(running(), 'retrier');
    standIn.once(
      'OPENAI',
      reply({ status: 401, body: { error: { message: 'No', code: 'invalid_api_key' } } }),
    );
    await chat.ask('say: Now it works');
    const alert = chat.answer.getByRole('alert');
    await alert.getByText('The provider refuses the key').waitFor();
    await alert.getByRole('button', { name: 'Try again' }).click();
    await chat.completed();
    await chat.says('Now it works');
    expect(await chat.page.getByRole('article').count()).toBe(1);
  });

  it('keeps what was typed where it does not start', async () => {
    const { page } = await running().open('keyless', 'try');
    await page.getByText('There is no key yet').waitFor();
    const question = page.getByRole('textbox', { name: 'Question' });
    await question.fill('Is anybody there?');
    await question.press('Enter');
    await page.locator('[data-code=NO_KEY_AVAILABLE]').waitFor();
    expect(await question.inputValue()).toBe('Is anybody there?');
    await page.reload();
    expect(await question.inputValue()).toBe('Is anybody there?');
  });

  it('is shown as GraphQL, as it was asked', async () => {
    const chat = await openTry(running(), 'reader');
    await chat.ask('say: yes');
    await chat.completed();
    await chat.page.getByRole('button', { name: 'Show as GraphQL' }).click();
    const drawer = chat.page.getByRole('dialog');
    await drawer.getByText('subscription Chat($input: ChatInput!)').waitFor();
    expect(await drawer.innerText()).toContain('"content": "say: yes"');
    expect(await drawer.innerText()).not.toContain(OPENAI_KEY);
    const [query = '', variables = ''] = await drawer.locator('pre').allInnerTexts();
    const socket = await running().server.socket('reader');
    const chats = new Set<string>();
    for (const id of ['1', '2']) {
      socket.subscribe(id, query, JSON.parse(variables) as Record<string, unknown>);
      for (let type = ''; type !== 'complete';) {
        const message = await socket.next();
        type = message.type;
        if (type === 'next') chats.add(message.payload.data.chat.chatId as string);
      }
    }
    expect(chats.size).toBe(2);
  });

  it.each(colorSchemes)('has no fault that axe finds, in %s colours', async (colorScheme) => {
    const { server } = running();
    const chat = await openTry(running(), `axe-${colorScheme}`);
    await server.storeKey(`axe-${colorScheme}`, 'BRAVE', BRAVE_KEY);
    const { page } = chat;
    await page.emulateMedia({ colorScheme });
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('switch', { name: 'Web search' }).check({ force: true });
    await chat.ask('search: cats');
    await chat.completed();
    const speaking = Speaker.next(running().standIn);
    await chat.ask('Show everything');
    const speaker = await speaking;
    await speaker.think('Thinking about **it**.');
    await speaker.endThinking();
    await speaker.say(EVERYTHING);
    await chat.text.getByRole('table').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    speaker.end();
    await chat.completed();
    await chat.answer.getByRole('button', { name: 'Thoughts' }).click();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await widestOverflow(page, [1280, 640, 390, 320])).toBeLessThanOrEqual(0);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('has its question on the first screen of a phone', async () => {
    const { page } = await openTry(running(), 'pocket');
    await page.setViewportSize({ width: 390, height: 844 });
    const { y, height } = (await page.getByRole('button', { name: 'Send' }).boundingBox())!;
    expect(y + height).toBeLessThanOrEqual(844);
  });

  it.each([
    ['de-DE', 'Frage', 'Die Antwort ist vollständig.'],
    ['zh-CN', '问题', '回答完毕。'],
  ])('speaks %s', async (locale, question, complete) => {
    const chat = await openTry(running(), `speaker-${locale}`);
    await chat.page.evaluate((name) => localStorage.setItem('keystream:language', name), locale.slice(0, 2));
    await chat.page.reload();
    await chat.page.getByRole('textbox', { name: question }).fill('say: ja');
    await chat.page.keyboard.press('Enter');
    await chat.page.getByText(complete).waitFor({ state: 'attached' });
  });
});

const EVERYTHING = `## A heading

Words with \`code\`, [a link](https://example.com) and ~~no~~ yes.

- [x] done
- [ ] open

1. one
2. two

\`\`\`ts
const answer = 42;
\`\`\`

> A quote

| a | b |
|---|--:|
| 1 | 2 |
`;

declare const localStorage: { setItem(name: string, value: string): void };
