import type { Locator, Page } from 'playwright-core';
import type { NetworkProxy } from '../support/network-proxy.js';
import { signToken } from '../support/test-server.js';
import type { RunningConsole } from './use-console.js';

export const OPENAI_KEY = 'sk-proj-of-the-console-suite-0123456789';

/** A page on which a user with a key for OpenAI can chat. */
export async function openTry(running: RunningConsole, user: string): Promise<TryPage> {
  running.standIn.acceptMadeUpKeys();
  await running.server.storeKey(user, 'OPENAI', OPENAI_KEY);
  // The models are asked for first, with a key: what is scripted after that is for chats.
  const listed = running.standIn.nextRequest('OPENAI');
  const { page, complaints } = await running.open(user, 'try');
  await listed;
  return new TryPage(page, complaints);
}

/** The same by a way that can fail. */
export async function openTryBy(
  running: RunningConsole,
  user: string,
  proxy: NetworkProxy,
): Promise<TryPage> {
  const chat = await openTry(running, user);
  await chat.page.goto(`${proxy.urlOf(running.server.url)}console/try#token=${await signToken(user)}`);
  await chat.question.waitFor();
  return chat;
}

/** The page of the console on which models are tried. */
export class TryPage {
  constructor(
    readonly page: Page,
    readonly complaints: readonly string[] = [],
  ) {}

  get question(): Locator {
    return this.page.getByRole('textbox', { name: 'Question' });
  }

  get model(): Locator {
    return this.page.getByRole('combobox', { name: 'Model' });
  }

  /** The last answer. */
  get answer(): Locator {
    return this.page.getByRole('article').last();
  }

  /** The text of the last answer. */
  get text(): Locator {
    return this.answer.locator('[data-answer-text]').last();
  }

  get figures(): Locator {
    return this.answer.locator('[data-figures]');
  }

  async ask(text: string): Promise<void> {
    await this.question.fill(text);
    await this.question.press('Enter');
  }

  /** Resolves when the answer is complete. */
  async completed(): Promise<void> {
    await this.page
      .locator('[data-announcement]', { hasText: 'Answer complete.' })
      .waitFor({ state: 'attached' });
  }

  /** Resolves when the last answer has this text. */
  async says(text: string | RegExp): Promise<void> {
    await this.text.filter({ hasText: text }).waitFor();
  }

  /** What the tab keeps. */
  kept(): Promise<Record<string, string>> {
    return this.page.evaluate(() => ({ ...sessionStorage }));
  }
}

declare const sessionStorage: Record<string, string>;
