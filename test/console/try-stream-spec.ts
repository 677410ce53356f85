import { endless, longAnswer } from '../../scripts/console/long-answer.mjs';
import { describeInChromium } from '../support/chromium.js';
import { Speaker } from './speaker.js';
import { openTry, type TryPage } from './try-page.js';
import { overflow, useConsole } from './use-console.js';
import { watchMutations, type Mutations } from './watched-mutations.js';

/** Of a block that is cut where it is long, so many at the most: words, and what marks them up. */
const MOST_NODES = 400;

describeInChromium('a long answer in the console', () => {
  const running = useConsole();

  /** Has an answer come in pieces of some words, and watches what that does to the page. */
  const stream = async (chat: TryPage, text: string, size: number): Promise<Mutations> => {
    const speaking = Speaker.next(running().standIn);
    await chat.ask('Go on');
    const speaker = await speaking;
    const [first = '', ...pieces] = text.match(new RegExp(`[^]{1,${String(size)}}`, 'g')) ?? [];
    await speaker.say(first);
    await chat.text.waitFor();
    const account = await watchMutations(chat.page);
    for (const piece of pieces) {
      await speaker.say(piece);
      // As fast as the page reads, and no faster: what has gathered is one change.
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
    speaker.end();
    await chat.completed();
    return account();
  };

  it('of 20,000 words changes nothing but its last block, a little in each frame, and moves nothing', async () => {
    const chat = await openTry(running(), 'reader-of-much');
    const text = longAnswer(20_000);
    const { mostNodes, elsewhere, shifts, sideways, frames } = await stream(chat, text, 60);
    expect(elsewhere).toEqual([]);
    expect(mostNodes).toBeLessThan(MOST_NODES);
    expect(shifts).toEqual([]);
    expect(sideways).toEqual([]);
    expect(frames).toBeGreaterThan(100);
    expect(await chat.text.getByRole('heading').count()).toBe(text.split('## Section').length - 1);
    expect(await chat.text.getByRole('row').count()).toBe((text.split('## Section').length - 1) * 5);
  });

  it.each(Object.keys(endless))(
    'of a single %s changes no more in a frame than a short one',
    async (kind) => {
      const chat = await openTry(running(), `endless-${kind}`);
      const text = endless[kind]!(20_000);
      const { mostNodes } = await stream(chat, text, 100);
      expect(mostNodes).toBeLessThan(MOST_NODES);
      const letters = (all: string): number => all.replace(/[^a-zA-Z0-9]/g, '').length;
      const shown = await chat.text.evaluate((element) => element.textContent);
      // Addresses are not shown.
      expect(letters(shown)).toBeGreaterThan(letters(text) * 0.85);
    },
  );

  it.each<[string, string, readonly string[]]>([
    [
      'a table whose cells are wider and wider',
      '| Model | Price |\n|---|---|\n| a | 1 |\n',
      [
        '| a model ',
        'with a very ',
        'long name here | 2 |\n',
        '| one-with-a-name-without-a-space',
        '-in-it | 3 |\n',
      ],
    ],
    [
      'items that turn out to be tasks',
      'To do:\n\n- one\n',
      ['- [', ' ]', ' two\n', '- [x', '] ', 'three\n'],
    ],
  ])('moves nothing sideways in %s', async (_, begin, pieces) => {
    const chat = await openTry(running(), 'sideways');
    const speaking = Speaker.next(running().standIn);
    await chat.ask('Go on');
    const speaker = await speaking;
    await speaker.say(begin);
    await chat.text.locator('table, ul').waitFor();
    const account = await watchMutations(chat.page);
    for (const piece of pieces) {
      await speaker.say(piece);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    speaker.end();
    await chat.completed();
    const { sideways, shifts } = await account();
    expect(sideways).toEqual([]);
    expect(shifts).toEqual([]);
  });

  it('has a table of many columns readable on a phone, in a region that scrolls', async () => {
    const chat = await openTry(running(), 'columns');
    await chat.page.setViewportSize({ width: 320, height: 640 });
    const speaking = Speaker.next(running().standIn);
    await chat.ask('Go on');
    const speaker = await speaking;
    const columns = ['one', 'two', 'three', 'four', 'five', 'six'];
    await speaker.say(`|${columns.join('|')}|\n|${'---|'.repeat(6)}\n|${columns.join('|')}|\n`);
    speaker.end();
    await chat.completed();
    for (const cell of await chat.text.getByRole('cell').all())
      expect((await cell.boundingBox())!.width).toBeGreaterThan(100);
    expect(await overflow(chat.page)).toBeLessThanOrEqual(0);
  });

  it.each([
    [640, 360],
    [320, 640],
  ])(
    'follows an answer in a window of %i × %i with the page itself, and keeps the composer in sight',
    async (width, height) => {
      const chat = await openTry(running(), `small-${String(width)}`);
      const { page } = chat;
      await page.setViewportSize({ width, height });
      const composer = page.getByRole('button', { name: /^(Send|Stop)$/ });
      const bottomOf = async (locator: typeof composer): Promise<number> => {
        const { y, height: high } = (await locator.boundingBox())!;
        return y + high;
      };
      const speaking = Speaker.next(running().standIn);
      await chat.ask('Go on');
      const speaker = await speaking;
      await speaker.say(`${longAnswer(600)}\n\nAt the end`);
      await chat.says('At the end');
      const question = (await chat.question.boundingBox())!;
      const end = await bottomOf(chat.text);
      expect(end).toBeLessThan(question.y);
      expect(end).toBeGreaterThan(question.y - 80);
      expect(question.y).toBeGreaterThan(height / 2);
      expect(await bottomOf(composer)).toBeLessThanOrEqual(height);
      const conversation = page.getByRole('region', { name: 'Conversation' });
      expect(
        await conversation.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight),
      ).toBe(0);
      await page.mouse.move(width / 2, 50);
      await page.mouse.wheel(0, -600);
      const toEnd = page.getByRole('button', { name: 'Go to the end' });
      await toEnd.waitFor();
      expect(await bottomOf(toEnd)).toBeLessThan(question.y);
      const top = (): Promise<number> => page.evaluate('scrollY');
      const before = await top();
      await speaker.say(`\n\n${longAnswer(300)}\n\nFurther on`);
      await chat.says('Further on');
      expect(await top()).toBe(before);
      expect(await bottomOf(composer)).toBeLessThanOrEqual(height);
      await toEnd.click();
      await speaker.say('\n\nLast words');
      await chat.says('Last words');
      expect(await bottomOf(chat.text)).toBeGreaterThan(question.y - 80);
      expect(await bottomOf(chat.text)).toBeLessThan(question.y);
      speaker.end();
      await chat.completed();
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    },
  );

  it('stays with the reader who has gone up, and follows the one who is at its end', async () => {
    const chat = await openTry(running(), 'scroller');
    const scroller = chat.page.getByRole('region', { name: 'Conversation' });
    const top = (): Promise<number> => scroller.evaluate((element) => element.scrollTop);
    const left = (): Promise<number> =>
      scroller.evaluate(
        ({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight,
      );
    const speaking = Speaker.next(running().standIn);
    await chat.ask('Go on');
    const speaker = await speaking;
    await speaker.say(`${longAnswer(600)}\n\nAt the end`);
    await chat.says('At the end');
    expect(await left()).toBeLessThan(4);
    await scroller.hover();
    await chat.page.mouse.wheel(0, -400);
    await chat.page.getByRole('button', { name: 'Go to the end' }).waitFor();
    const before = await top();
    await speaker.say(`\n\n${longAnswer(300)}\n\nFurther on`);
    await chat.says('Further on');
    expect(await top()).toBe(before);
    await chat.page.getByRole('button', { name: 'Go to the end' }).click();
    await speaker.say('\n\nLast words');
    await chat.says('Last words');
    expect(await left()).toBeLessThan(4);
    speaker.end();
    await chat.completed();
  });
});
