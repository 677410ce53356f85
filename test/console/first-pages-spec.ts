import type { Page } from 'playwright-core';
import { describeInChromium, useChromium } from '../support/chromium.js';
import { signToken } from '../support/test-server.js';
import { accessibilityFaults } from './accessibility.js';
import { endSession, paste, signedIn } from './session-steps.js';
import { colorSchemes, useConsole, widestOverflow } from './use-console.js';
import { useOpenId } from './use-open-id.js';

/** Has axe look at a page in both sets of colours, and at windows of a tablet and a phone. */
async function expectNoFault(page: Page): Promise<void> {
  for (const colorScheme of colorSchemes) {
    await page.emulateMedia({ colorScheme });
    expect(await accessibilityFaults(page)).toEqual([]);
  }
  expect(await widestOverflow(page, [640, 320])).toBeLessThanOrEqual(0);
}

describeInChromium('what the console shows before there is anything to show', () => {
  const running = useConsole();
  const openPage = useChromium();

  it('has no fault where a token is pasted, and refused', async () => {
    const { page } = await openPage();
    await page.goto(`${running().server.url}/console`);
    await page.getByLabel('Token').waitFor();
    expect(await page.title()).toBe('Sign in · Keystream');
    await expectNoFault(page);
    await paste(page, 'nonsense');
    await page.getByText('does not accept this token').waitFor();
    await expectNoFault(page);
  });

  it('has no fault where a session has ended', async () => {
    const { page } = await running().open('alice');
    await endSession(page);
    await expectNoFault(page);
  });

  it('has no fault where a page shows what it has asked', async () => {
    const { page } = await running().open('alice');
    await page.getByRole('heading', { name: 'OpenAI' }).first().waitFor();
    await page.getByRole('button', { name: 'Show as GraphQL' }).click();
    await page
      .getByRole('dialog')
      .getByText(/^query \w+/)
      .waitFor();
    await expectNoFault(page);
  });

  it('has no fault where a page is not there, or could not be loaded', async () => {
    const { page } = await running().open('alice');
    await page.evaluate("history.pushState(null, '', '/console/nothing')");
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await expectNoFault(page);
    await page.route('**/usage-page-*', (route) => route.abort());
    await page.getByRole('link', { name: 'Usage' }).click();
    await page.getByRole('alert').getByText('could not be loaded').waitFor();
    await expectNoFault(page);
  });

  it.each([
    ['usage', 'Nothing was used in this time'],
    ['audit', 'No event meets these conditions.'],
    ['alerts', 'No alerts'],
  ])('has no fault on the page of %s of a person who has none', async (name, words) => {
    const { page } = await running().open('nobody', name);
    await page.getByText(words).first().waitFor();
    await expectNoFault(page);
  });

  it('signs in with the keyboard alone, and keeps the focus where a token is refused', async () => {
    const { page } = await openPage();
    await page.goto(`${running().server.url}/console`);
    const field = page.getByLabel('Token');
    await field.waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('nonsense');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Show what is in the field' }).and(focused(page)).waitFor();
    await page.keyboard.press('Enter');
    expect(await field.getAttribute('type')).toBe('text');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Use it' }).and(focused(page)).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('does not accept this token').waitFor();
    await page.getByRole('button', { name: 'Use it' }).and(focused(page)).waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText(await signToken('alice'));
    await page.keyboard.press('Enter');
    await signedIn(page);
  });
});

describeInChromium('the page for signing in at an identity provider', () => {
  const { server, open } = useOpenId();

  it('has no fault, nor where that has failed', async () => {
    const { page } = await open();
    await page.goto(`${server().url}/console`);
    await page.getByRole('button', { name: /^Sign in with/ }).waitFor();
    await expectNoFault(page);
    await page.goto(`${server().url}/console/signed-in?code=stolen&state=made-up`);
    await page.getByText('did not sign you in').waitFor();
    await expectNoFault(page);
  });
});

const focused = (page: Page) => page.locator(':focus');
