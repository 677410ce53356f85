import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.js';
import { NetworkProxy } from '../support/network-proxy.js';
import { holdBack, loseSockets } from './held-back.js';
import { Speaker } from './speaker.js';
import { openTry, openTryBy, type TryPage } from './try-page.js';
import { useConsole } from './use-console.js';

const stopButton = (page: Page) => page.getByRole('button', { name: 'Stop', exact: true });

describeInChromium('stopping a chat in the console', () => {
  const running = useConsole();

  /** Begins an answer of which some words have come. */
  async function beginAnswer(chat: TryPage): Promise<Speaker> {
    const speaking = Speaker.next(running().standIn);
    await chat.ask('Go on for ever');
    const speaker = await speaking;
    await speaker.say('On and on');
    await chat.says('On and on');
    return speaker;
  }

  it.each(['one click', 'a double click'])('asks nothing anew, by %s while it is asked', async (by) => {
    const chat = await openTry(running(), `early-${by.length}`);
    const { sent } = await holdBack(chat.page);
    const speaking = Speaker.next(running().standIn);
    await chat.ask('Only once');
    const { exchange } = await speaking;
    await chat.page.getByText('Asking').waitFor();
    await stopButton(chat.page).click({ clickCount: by === 'one click' ? 1 : 2 });
    await exchange.closedByClient;
    await chat.page.getByRole('button', { name: 'Send' }).waitFor();
    expect(sent().filter(({ payload }) => payload?.query?.includes('subscription Chat('))).toHaveLength(1);
    expect(await chat.question.inputValue()).toBe('Only once');
  });

  it('sends nothing that is half written, by a double click', async () => {
    const chat = await openTry(running(), 'double');
    const { exchange } = await beginAnswer(chat);
    await chat.question.fill('Half of the next');
    await stopButton(chat.page).dblclick();
    await exchange.closedByClient;
    await chat.answer.getByText('Stopped.').waitFor();
    expect(await chat.page.getByRole('article').count()).toBe(1);
    expect(await chat.question.inputValue()).toBe('Half of the next');
  });

  it('leaves the keyboard where the next question is written', async () => {
    const chat = await openTry(running(), 'by-keyboard');
    await beginAnswer(chat);
    await stopButton(chat.page).press('Enter');
    await chat.answer.getByText('Stopped.').waitFor();
    expect(await chat.question.evaluate((element) => element.matches(':focus'))).toBe(true);
  });

  it('says how long the first words took, and does not come back with a reload', async () => {
    const chat = await openTry(running(), 'gone-with-it');
    await beginAnswer(chat);
    await stopButton(chat.page).click();
    await chat.answer.getByText('Stopped.').waitFor();
    expect(await chat.figures.innerText()).toMatch(/First token\s+\d/);
    expect((await chat.kept())['keystream:chat']).toBeUndefined();
    await chat.page.reload();
    await chat.question.waitFor();
    expect(await chat.page.getByRole('article').count()).toBe(0);
  });

  it('is not what Escape does where it closes a list, or ends a word that is composed', async () => {
    const chat = await openTry(running(), 'escaper');
    const { page } = chat;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const { exchange } = await beginAnswer(chat);
    await chat.model.click();
    const models = page.getByRole('listbox', { name: 'Model' });
    await models.waitFor();
    await page.keyboard.press('Escape');
    await models.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Show as GraphQL' }).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await chat.question.evaluate(composeEscape);
    expect(await stopButton(page).getAttribute('aria-disabled')).toBe('false');
    await page.keyboard.press('Escape');
    await exchange.closedByClient;
    await chat.answer.getByText('Stopped.').waitFor();
  });

  it('reaches the server once there is a connection again, and nothing goes on after a reload', async () => {
    const { server } = running();
    const proxy = await NetworkProxy.start(server.url);
    const chat = await openTryBy(running(), 'lost', proxy);
    const { exchange } = await beginAnswer(chat);
    await proxy.refuse();
    await chat.page.locator('[data-waiting]').waitFor();
    await stopButton(chat.page).click();
    await chat.answer.getByText('Stopped.').waitFor();
    expect((await chat.kept())['keystream:chat']).toBeUndefined();
    await proxy.accept();
    await exchange.closedByClient;
    await chat.page.reload();
    await chat.question.waitFor();
    expect(await chat.page.getByRole('article').count()).toBe(0);
    await proxy.stop();
  });

  it('is over at once where the server has stopped it, and cannot say so on a lost connection', async () => {
    const chat = await openTry(running(), 'unheard');
    const lose = await loseSockets(chat.page);
    const { exchange } = await beginAnswer(chat);
    await lose();
    await chat.page.locator('[data-waiting]').waitFor();
    await stopButton(chat.page).click();
    await exchange.closedByClient;
    await chat.answer.getByText('Stopped.').waitFor();
  });

  it('ends the asking at once where a connection hangs', async () => {
    const { server } = running();
    const proxy = await NetworkProxy.start(server.url);
    const chat = await openTryBy(running(), 'hanging', proxy);
    proxy.hang();
    await chat.ask('Is anybody there?');
    await chat.page.getByText('Asking').waitFor();
    await stopButton(chat.page).click();
    await chat.page.getByRole('button', { name: 'Send' }).waitFor();
    expect(await chat.question.inputValue()).toBe('Is anybody there?');
    await proxy.stop();
  });

  it('says so where it happened elsewhere, and offers to ask again', async () => {
    const chat = await openTry(running(), 'elsewhere');
    const { exchange } = await beginAnswer(chat);
    const { chatId } = JSON.parse((await chat.kept())['keystream:chat'] ?? '') as { chatId: string };
    const cancel = 'mutation ($chatId: ID!) { cancelChat(chatId: $chatId) { cancelled } }';
    await running().server.query('elsewhere', cancel, { chatId });
    await exchange.closedByClient;
    await chat.answer.getByText('the chat was stopped elsewhere').waitFor();
    const speaking = Speaker.next(running().standIn);
    await chat.answer.getByRole('button', { name: 'Try again' }).press('Enter');
    const { request } = await speaking;
    expect(request.input.at(-1).content).toBe('Go on for ever');
    await chat.page.waitForFunction(() => document.activeElement?.role === 'region');
  });
});

/** Runs in the browser: the key that ends what an input method composes. */
function composeEscape(element: { dispatchEvent(event: Event): boolean }): void {
  element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', isComposing: true, bubbles: true }));
}

declare class KeyboardEvent extends Event {
  constructor(type: string, init: { key: string; isComposing: boolean; bubbles: boolean });
}
declare const document: { readonly activeElement: { readonly role: string | null } | null };
