import type { Locator, Page } from 'playwright-core';
import type { RunningConsole } from './use-console.js';

/** Keys of the shapes that the providers' have; the stand-in accepts those that it was told to. */
export const keys = {
  OPENAI: 'sk-proj-of-the-keys-suite-0123456789abcd',
  ANTHROPIC: 'sk-ant-api03-of-the-keys-suite-0123456789wxyz',
  BRAVE: 'BSA-of-the-keys-suite-0123456789',
  CUSTOM: 'local-of-the-keys-suite-0123456789',
} as const;

export const STORE = `mutation ($input: StoreApiKeyInput!) {
  storeApiKey(input: $input) { apiKey { id } }
}`;
export const UPDATE = `mutation ($input: UpdateApiKeyInput!) {
  updateApiKey(input: $input) { apiKey { id } }
}`;
const LIVE = `{
  apiKeys {
    id provider name maskedKey status expiresAt allowedModels allowedUses
    monthlyLimit { requests tokens cost { amount currency } }
  }
}`;

/** The user's keys as the API has them. */
export async function liveKeys(
  { server }: RunningConsole,
  user: string,
): Promise<readonly Record<string, any>[]> {
  const { apiKeys } = await server.query(user, LIVE);
  return apiKeys as Record<string, any>[];
}

export const cardOf = (page: Page, provider: string): Locator =>
  page.getByRole('article', { name: provider, exact: true });

/** Chooses what is behind a card's "More". */
export async function choose(page: Page, provider: string, action: string): Promise<void> {
  const card = cardOf(page, provider);
  await card.getByRole('button', { name: `More: ${provider}` }).click();
  await card.getByRole('button', { name: action, exact: true }).click();
}

/** Waits for what the page says has happened. */
export async function said(page: Page, text: string | RegExp): Promise<void> {
  await page.getByRole('status').filter({ hasText: text }).waitFor();
}

export const keyField = (page: Page): Locator => page.getByRole('dialog').getByLabel('API key');

/** What the element that has the focus is called. A dialog that has closed gives it back in the next frame. */
export const focusedName = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.id ?? '';
  });

declare const requestAnimationFrame: (call: (time: unknown) => void) => number;
declare const document: {
  readonly activeElement: { readonly id: string; getAttribute(name: string): string | null } | null;
};
