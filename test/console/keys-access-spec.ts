import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.js';
import { accessibilityFaults } from './accessibility.js';
import { cardOf, choose, keyField, keys, STORE, UPDATE } from './key-steps.js';
import { colorSchemes, overflow, useConsole } from './use-console.js';

/** Each dialog of the page, by how it is opened. */
const dialogs: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  storing: (page) => page.getByRole('button', { name: 'Store a key: Google' }).click(),
  'a mistake': async (page) => {
    await page.getByRole('button', { name: 'Store a key: Google' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Store a key' }).click();
    await page.getByText('Paste the key.').waitFor();
  },
  'a refusal': async (page) => {
    await page.getByRole('button', { name: 'Store a key: Google' }).click();
    await keyField(page).fill('AIzaSy-of-the-keys-suite-that-is-refused');
    await page.getByRole('dialog').getByRole('button', { name: 'Store a key' }).click();
    await page.getByText('The key was not stored.').waitFor();
  },
  'what is replaced': (page) => page.getByRole('button', { name: 'Replace: OpenAI' }).click(),
  more: (page) => page.getByRole('button', { name: 'More: OpenAI' }).click(),
  renaming: (page) => choose(page, 'OpenAI', 'Rename'),
  limits: (page) => choose(page, 'OpenAI', 'Limits'),
  'switching off': (page) => choose(page, 'OpenAI', 'Switch off'),
  deleting: (page) => choose(page, 'OpenAI', 'Delete'),
  history: async (page) => {
    await page.getByRole('button', { name: 'History' }).click();
    await page.getByRole('table').waitFor();
  },
  'an endpoint': (page) => page.getByRole('button', { name: 'Add an endpoint' }).click(),
};

describeInChromium('the page of keys', () => {
  const running = useConsole({ TAVILY_API_KEY: 'tvly-server-key-of-the-keys-suite' });

  /** With keys of every kind: one with limits, one that is off, one that has expired, an endpoint. */
  async function openFull(): Promise<Page> {
    const { server, open } = running();
    const store = (input: object) => server.query('full', STORE, { input });
    await store({
      ...{ provider: 'OPENAI', apiKey: keys.OPENAI, name: 'work', allowedModels: ['gpt-5*'] },
      monthlyLimit: { requests: 10, tokens: 1_000 },
    });
    const brave = await server.storeKey('full', 'BRAVE', keys.BRAVE);
    await server.query('full', UPDATE, { input: { keyId: brave, enabled: false } });
    const anthropic = await server.storeKey('full', 'ANTHROPIC', keys.ANTHROPIC);
    await server.query('full', UPDATE, { input: { keyId: anthropic, expiresAt: '2020-01-01T00:00:00Z' } });
    await server.storeKey('full', 'CUSTOM', keys.CUSTOM);
    const { page } = await open('full');
    await cardOf(page, 'home').locator('li[data-outcome]').first().waitFor();
    return page;
  }

  it.each(colorSchemes)('has no fault that axe finds, nor has any dialog, in %s colours', async (scheme) => {
    const page = await openFull();
    await page.emulateMedia({ colorScheme: scheme });
    await page.getByRole('button', { name: 'Show the reasons' }).first().click();
    await page.getByRole('button', { name: 'Verify: OpenAI' }).click();
    await page.getByText('What the verification showed').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    for (const [name, open] of Object.entries(dialogs)) {
      await open(page);
      await page.getByRole('dialog').waitFor();
      expect([name, ...(await accessibilityFaults(page))]).toEqual([name]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });

  it.each([1280, 640, 320])('needs no scrolling sideways at %i pixels, nor does a dialog', async (width) => {
    const page = await openFull();
    await page.setViewportSize({ width, height: 800 });
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    for (const [name, open] of Object.entries(dialogs)) {
      await open(page);
      const box = await page.getByRole('dialog').boundingBox();
      const isInside = box !== null && box.x >= 0 && box.x + box.width <= width;
      expect([name, isInside, (await overflow(page)) <= 0]).toEqual([name, true, true]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });

  it('has nothing to click that is smaller than 24 pixels', async () => {
    const page = await openFull();
    for (const button of await page.locator('main').getByRole('button').all()) {
      const { width = 0, height = 0 } = (await button.boundingBox()) ?? {};
      expect(Math.min(width, height)).toBeGreaterThanOrEqual(24);
    }
  });

  it.each(['de', 'zh'])('has all its texts in %s', async (language) => {
    const { page, complaints } = await running().open('languages');
    await page.getByRole('button', { name: /Signed in as/ }).click();
    await page.getByLabel('Language', { exact: true }).selectOption(language);
    await page.locator(`html[lang=${language}]`).waitFor();
    await page.locator('article li[data-outcome]').first().waitFor();
    const text = (await page.locator('main').textContent()) ?? '';
    expect(text).not.toMatch(/keys\.\w|Your key|stored|would use/);
    expect(complaints).toEqual([]);
  });
});
