import { NetworkProxy } from '../support/network-proxy.js';
import { describeInChromium } from '../support/chromium.js';
import { Speaker } from './speaker.js';
import { loseChat } from './held-back.js';
import { openTry, openTryBy, type TryPage } from './try-page.js';
import { useConsole } from './use-console.js';

const WORDS = Array.from({ length: 40 }, (_, index) => `word${String(index)}`);

describeInChromium('a chat in the console that is interrupted', () => {
  const running = useConsole();

  /** A page that reaches the server by a way that can fail. */
  const openByProxy = async (user: string) => {
    const proxy = await NetworkProxy.start(running().server.url);
    return { chat: await openTryBy(running(), user, proxy), proxy };
  };
  /** Begins an answer of which some words have come. */
  const beginAnswer = async (chat: TryPage): Promise<Speaker> => {
    const speaking = Speaker.next(running().standIn);
    await chat.ask('Count');
    const speaker = await speaking;
    for (const word of WORDS.slice(0, 20)) await speaker.say(`${word} `);
    await chat.says('word19');
    return speaker;
  };
  const endAnswer = async (speaker: Speaker): Promise<void> => {
    for (const word of WORDS.slice(20)) await speaker.say(`${word} `);
    speaker.end();
  };

  it('goes on by itself after the page was loaded again, with all that was said', async () => {
    const chat = await openTry(running(), 'reloader');
    const speaker = await beginAnswer(chat);
    const kept = await chat.kept();
    expect(JSON.parse(kept['keystream:chat'] ?? '')).toMatchObject({
      owner: 'reloader',
      chatId: expect.any(String),
    });
    await chat.page.reload();
    await chat.says('word19');
    await chat.page.getByText('is not kept').waitFor();
    await endAnswer(speaker);
    await chat.completed();
    expect((await chat.text.innerText()).trim()).toBe(WORDS.join(' '));
    expect(JSON.stringify(await chat.kept())).not.toMatch(/word|Count/);
  });

  it('is whole, and nothing of it double, after the network was cut', async () => {
    const { chat, proxy } = await openByProxy('cut-off');
    const speaker = await beginAnswer(chat);
    await proxy.refuse();
    const ending = endAnswer(speaker);
    await chat.page.locator('[data-waiting]', { hasText: /cannot be reached.*tries again at \d/ }).waitFor();
    await ending;
    await proxy.accept();
    await chat.completed();
    expect((await chat.text.innerText()).trim()).toBe(WORDS.join(' '));
    expect(await chat.page.locator('[data-waiting]').count()).toBe(0);
    await proxy.stop();
  });

  it('goes on where it was after the network was silent, and nobody had said so', async () => {
    const { chat, proxy } = await openByProxy('silent');
    const speaker = await beginAnswer(chat);
    proxy.hang();
    const ending = endAnswer(speaker);
    await chat.page.locator('[data-waiting]').waitFor();
    await ending;
    proxy.resume();
    await chat.completed();
    expect((await chat.text.innerText()).trim()).toBe(WORDS.join(' '));
    await proxy.stop();
  });

  it('keeps what is typed while the server is away, says when it tries again, and is asked once', async () => {
    const { chat, proxy } = await openByProxy('patient');
    const { standIn } = running();
    const before = standIn.requests.length;
    await proxy.refuse();
    await chat.ask('say: Here you are');
    await chat.page.locator('[data-waiting]').waitFor();
    expect(await chat.question.inputValue()).toBe('say: Here you are');
    expect((await chat.kept())['keystream:unsent']).toContain('Here you are');
    await proxy.accept();
    await chat.page
      .getByRole('button', { name: 'Try now' })
      .click({ timeout: 3_000 })
      .catch(() => undefined);
    await chat.completed();
    expect(await chat.question.inputValue()).toBe('');
    expect((await chat.kept())['keystream:unsent']).toBeUndefined();
    expect(standIn.requests.length - before).toBe(1);
    await proxy.stop();
  });

  it('is tried at once where the person says so', async () => {
    const { chat, proxy } = await openByProxy('impatient');
    const { page } = chat;
    await page.clock.install();
    await page.reload();
    await chat.question.waitFor();
    await proxy.refuse();
    await chat.ask('Now');
    await page.locator('[data-waiting]', { hasText: /tries again at \d/ }).waitFor();
    // From here on no time passes in the page.
    await page.clock.pauseAt(Date.now() + 60_000);
    const tryNow = page.getByRole('button', { name: 'Try now', disabled: false });
    await tryNow.waitFor();
    await proxy.accept();
    const speaking = Speaker.next(running().standIn);
    await tryNow.click();
    const speaker = await speaking;
    await page.clock.resume();
    await speaker.say('At once');
    speaker.end();
    await chat.completed();
    await chat.says('At once');
    await proxy.stop();
  });

  it('joins what it has begun where the connection is lost before the chat has started', async () => {
    const chat = await openTry(running(), 'joiner');
    const { standIn } = running();
    let lose: (() => void) | null = null;
    await chat.page.routeWebSocket(/\/graphql$/, (socket) => {
      const server = socket.connectToServer();
      // The first request gets through, and its answer does not.
      socket.onMessage((message) => {
        server.send(message);
        if (lose === null && String(message).includes('subscription Chat(')) {
          lose = () => void socket.close({ code: 1001 }).then(() => server.close({ code: 1001 }));
          server.onMessage(() => undefined);
        }
      });
    });
    await chat.page.reload();
    const before = standIn.requests.length;
    const asked = Speaker.next(standIn);
    await chat.ask('Only once');
    const speaker = await asked;
    expect(await chat.question.inputValue()).toBe('Only once');
    lose!();
    await speaker.say('One answer');
    speaker.end();
    await chat.completed();
    await chat.says('One answer');
    expect(await chat.question.inputValue()).toBe('');
    expect(standIn.requests.length - before).toBe(1);
  });

  it('says so in its place when it is not kept any more, and asks the same question again', async () => {
    const chat = await openTry(running(), 'forgotten');
    const lose = await loseChat(chat.page, 'CHAT_NOT_FOUND');
    await beginAnswer(chat);
    await chat.question.fill('Half of the next');
    await lose();
    const alert = chat.answer.getByRole('alert');
    await alert.getByText('no longer kept').waitFor();
    expect((await chat.kept())['keystream:chat']).toBeUndefined();
    const again = Speaker.next(running().standIn);
    await alert.getByRole('button', { name: 'Try again' }).click();
    const speaker = await again;
    expect(speaker.request.input.map(({ content }: { content: string }) => content)).toEqual(['Count']);
    speaker.end();
    await chat.completed();
    expect(await chat.page.getByRole('article').count()).toBe(1);
    expect(await chat.question.inputValue()).toBe('Half of the next');
  });

  it('says why it does not go on after a reload, and goes on at the next try', async () => {
    const chat = await openTry(running(), 'refused-at-first');
    const speaker = await beginAnswer(chat);
    await loseChat(chat.page, 'FORBIDDEN');
    await chat.page.getByText('Your token may not do this').waitFor();
    await chat.page.getByRole('button', { name: 'Try again' }).click();
    await chat.says('word19');
    await endAnswer(speaker);
    await chat.completed();
  });

  it('goes on while another page is looked at', async () => {
    const chat = await openTry(running(), 'wanderer');
    const speaker = await beginAnswer(chat);
    await chat.page.getByRole('link', { name: 'Settings' }).click();
    await chat.page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await endAnswer(speaker);
    await chat.page.getByRole('link', { name: 'Try it' }).click();
    await chat.completed();
    expect((await chat.text.innerText()).trim()).toBe(WORDS.join(' '));
    await chat.page.getByText('Count').waitFor();
  });

  it('goes on after another page was loaded again', async () => {
    const chat = await openTry(running(), 'elsewhere');
    const speaker = await beginAnswer(chat);
    await chat.page.getByRole('link', { name: 'Settings' }).click();
    const resumed = chat.page.waitForEvent('websocket', {
      predicate: (socket) =>
        socket.waitForEvent('framesent', { predicate: ({ payload }) => payload.includes('resumeChat') }).then(
          () => true,
          () => false,
        ),
    });
    await chat.page.reload();
    await resumed;
    await endAnswer(speaker);
    await chat.page.getByRole('link', { name: 'Try it' }).click();
    await chat.completed();
    expect((await chat.text.innerText()).trim()).toBe(WORDS.join(' '));
  });

  it('is shown as soon as what reads it has come, when that was lost on its way', async () => {
    const chat = await openTry(running(), 'patient');
    let lost = 0;
    await chat.page.route('**/assets/answer-text-*.js', (route) => {
      lost += 1;
      return lost < 3 ? route.abort() : route.continue();
    });
    await chat.ask('say: **bold** words');
    await chat.completed();
    await chat.text.locator('strong', { hasText: 'bold' }).waitFor();
    expect(lost).toBe(3);
  });

  it('is forgotten when its owner signs out', async () => {
    const chat = await openTry(running(), 'leaver');
    const speaker = await beginAnswer(chat);
    await chat.page.getByRole('button', { name: /Signed in as leaver/ }).click();
    await chat.page.getByRole('button', { name: 'Sign out' }).click();
    await chat.page.getByLabel('Token').first().waitFor();
    expect(await chat.kept()).toEqual({});
    speaker.end();
  });
});
