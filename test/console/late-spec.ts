import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.js';
import { accessibilityFaults } from './accessibility.js';
import { signedIn } from './session-steps.js';
import { useConsole } from './use-console.js';

describeInChromium('a part of the console that is loaded when it is needed', () => {
  const running = useConsole();

  it.each(['js', 'css'])('can be tried again where the %s of a page does not come', async (ending) => {
    const { page } = await running().open('alice');
    const lost = `**/audit-page-*.${ending}`;
    await page.route(lost, (route) => route.abort());
    await page.getByRole('link', { name: 'Audit' }).click();
    await notice(page).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Audit');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.unroute(lost);
    await again(page).press('Enter');
    await page.locator('[data-integrity]').waitFor();
    expect(await page.evaluate(styleSheets)).toContainEqual(expect.stringContaining('/audit-page-'));
    await page.locator('#page:focus').waitFor();
    await signedIn(page);
  });

  it('is asked for again where somebody comes back to it', async () => {
    const { page } = await running().open('alice');
    await page.route('**/settings-page-*', (route) => route.abort());
    await page.getByRole('link', { name: 'Settings' }).click();
    await notice(page).waitFor();
    await page.getByRole('link', { name: 'Keys' }).click();
    await page.unroute('**/settings-page-*');
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Create a token' }).waitFor();
  });

  it('can be tried again where it is a dialog, which gives the focus back to what opened it', async () => {
    const { page } = await running().open('alice', 'settings');
    await page.route('**/create-token-dialog-*', (route) => route.abort());
    const opener = page.getByRole('button', { name: 'Create a token' });
    await opener.press('Enter');
    await notice(page).waitFor();
    await page.unroute('**/create-token-dialog-*');
    await again(page).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').first().waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.locator('#create-token:focus').waitFor();
  });

  it('can be tried again where it is the page for signing in', async () => {
    const { page } = await running().open('alice');
    await page.route('**/sign-in-page-*', (route) => route.abort());
    await page.getByRole('button', { name: 'Signed in as alice' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await notice(page).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.unroute('**/sign-in-page-*');
    await again(page).press('Enter');
    await page.getByLabel('Token').waitFor();
  });
});

const notice = (page: Page) => page.getByRole('alert').filter({ hasText: 'could not be loaded' });
const again = (page: Page) => notice(page).getByRole('button', { name: 'Try again' });

/** Runs in the browser. */
const styleSheets = (): readonly (string | null)[] => [...document.styleSheets].map(({ href }) => href);

declare const document: { readonly styleSheets: Iterable<{ readonly href: string | null }> };
