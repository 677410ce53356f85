import type { Locator, Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.js';
import { cardOf, focusedName, keys, liveKeys, said } from './key-steps.js';
import { useConsole } from './use-console.js';

/** Far more than a page has. */
const MOST_TABS = 300;

/** Goes on with Tab alone until an element has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab does not lead there.');
}

describeInChromium('the console, with the keyboard alone', () => {
  const running = useConsole();

  it('limits a key, and comes back to where it was', async () => {
    await running().server.storeKey('limiter', 'OPENAI', keys.OPENAI);
    const { page } = await running().open('limiter');
    await tabTo(page, page.getByRole('button', { name: 'More: OpenAI' }));
    await page.keyboard.press('Enter');
    await tabTo(page, cardOf(page, 'OpenAI').getByRole('button', { name: 'Limits', exact: true }));
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await tabTo(page, dialog.getByLabel('Chats'));
    await page.keyboard.press('Space');
    await tabTo(page, dialog.getByLabel('Requests', { exact: true }));
    await page.keyboard.type('12');
    await page.keyboard.press('Enter');
    await said(page, 'The limits of the key for OpenAI are changed.');
    expect(await liveKeys(running(), 'limiter')).toMatchObject([
      { allowedUses: ['CHAT'], monthlyLimit: { requests: 12 } },
    ]);
    await dialog.waitFor({ state: 'detached' });
    expect(await focusedName(page)).toBe('More: OpenAI');
  });

  it('looks at what was asked, and leaves it again', async () => {
    const { page } = await running().open('looker');
    const opener = page.getByRole('button', { name: 'Show as GraphQL' });
    await tabTo(page, opener);
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Copy' }).first());
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focusedName(page)).toBe('Show as GraphQL');
  });

  it('does not lose its place where a button goes with what it did', async () => {
    const { page } = await running().open('finder', 'audit?kinds=ANOMALY');
    await tabTo(page, page.getByRole('button', { name: 'Clear the filter' }));
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Clear the filter' }).waitFor({ state: 'detached' });
    expect(await focusedName(page)).toBe('page');
  });
});

declare const document: { readonly activeElement: unknown };
