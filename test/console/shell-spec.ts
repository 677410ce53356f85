import { describeInChromium } from '../support/chromium.js';
import { accessibilityFaults } from './accessibility.js';
import { focusedName } from './key-steps.js';
import { colorSchemes, overflow, taken, useConsole } from './use-console.js';

describeInChromium('the console', () => {
  const running = useConsole();

  it.each(colorSchemes)('has no fault that axe finds, in %s colours', async (colorScheme) => {
    const { page, complaints } = await running().open('alice');
    await page.emulateMedia({ colorScheme });
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /Signed in as alice/ }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it.each([1280, 640, 390, 320])('needs no scrolling sideways at %i pixels', async (width) => {
    const { page } = await running().open('alice');
    await page.setViewportSize({ width, height: 800 });
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });

  it('leads to the licences of the packages that it is built with', async () => {
    const { page } = await running().open('alice');
    await page.getByRole('button', { name: 'Signed in as alice' }).click();
    const [licences] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: 'Licences of its packages' }).click(),
    ]);
    const text = await licences.locator('body').innerText();
    for (const name of ['react-dom', '@mantine/core', '@apollo/client'])
      expect(text).toContain(`## ${name} - `);
    expect(text.split('Permission is hereby granted').length).toBeGreaterThan(10);
  });

  it.each(['alice', 'auth0|64f0c2a1b7e9d3'])(
    'shows on a phone, too, whose account it is: %s',
    async (user) => {
      const { page } = await running().open(user);
      await page.setViewportSize({ width: 320, height: 640 });
      const button = page.getByRole('button', { name: `Signed in as ${user}` });
      const id = button.getByText(user, { exact: true });
      const { shown, whole } = await id.evaluate((element: any) => ({
        shown: element.clientWidth as number,
        whole: element.scrollWidth as number,
      }));
      expect(shown / whole).toBeGreaterThan(user === 'alice' ? 0.99 : 0.6);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    },
  );

  it('names each page in the title, in the language that is shown, from the first frame on', async () => {
    const { page } = await running().open('alice');
    expect(await page.title()).toBe('Keys · Keystream');
    for (const name of ['Try it', 'Usage', 'Audit', 'Alerts', 'Settings']) {
      await page.getByRole('link', { name }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      expect(await page.title()).toBe(`${name} · Keystream`);
    }
    await page.getByRole('button', { name: 'Signed in as alice' }).click();
    await page.getByLabel('Language').selectOption('Deutsch');
    await page.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor();
    expect(await page.title()).toBe('Einstellungen · Keystream');
    await page.route(/assets\/main-/, (route) => route.abort());
    await page.reload();
    await page.getByRole('alert').waitFor();
    expect(await page.title()).toBe('Einstellungen · Keystream');
  });

  it('gives the focus to the page after a link within the one before, and not when it is loaded', async () => {
    const { server, open } = running();
    const { page } = await open('alice');
    await page.goto(`${server.url}/console`);
    await page.waitForURL('**/console/keys');
    await taken(page);
    expect(await focusedName(page)).toBe('');
    await page.evaluate("history.pushState(null, '', '/console/nothing')");
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    expect(await page.title()).toBe('There is no such page · Keystream');
    await page.getByRole('link', { name: 'Go to the keys' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Keys' }).waitFor();
    expect(await focusedName(page)).toBe('page');
    const link = page.getByRole('link', { name: 'Audit' });
    await link.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
    await link.and(page.locator(':focus')).waitFor();
  });

  it('goes back to the language that is shown where another one does not come, and says so', async () => {
    const { page } = await running().open('alice');
    await page.route(/assets\/de-/, (route) => route.abort());
    await page.getByRole('button', { name: 'Signed in as alice' }).click();
    const choice = page.getByLabel('Language');
    await choice.selectOption('Deutsch');
    await page.getByRole('alert').getByText('Deutsch could not be loaded').waitFor();
    expect(await choice.inputValue()).toBe('en');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.unroute(/assets\/de-/);
    await choice.selectOption('Deutsch');
    await page.getByRole('link', { name: 'Verbrauch' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('says so where its scripts do not come, and comes when they do', async () => {
    const { page } = await running().open('alice');
    await page.route(/assets\/main-/, (route) => route.abort());
    await page.reload();
    await page.getByRole('alert').getByText('the server cannot be reached').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Keys');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.unroute(/assets\/main-/);
    await page.getByRole('button', { name: 'Load it again' }).click();
    await page.getByRole('button', { name: /Signed in as alice/ }).waitFor();
  });
});
