// Pictures of the whole tour through the console, for docs/: `npm run console:pictures`. Each is to be looked at.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { addressOf, onStage } from './stage.mjs';
import { tour } from './tour.mjs';

const folder = fileURLToPath(new URL('../../docs/console/', import.meta.url));
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const WIDE = { width: 1280, height: 860 };
/** What moves has come to rest. */
const SETTLED = 'Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => null)))';
const PHONE = { width: 390, height: 844 };

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  await onStage(async (demo) => {
    for (const stop of tour) {
      const { name, page: path, viewport = 'wide', colors = 'light', language = 'en', show } = stop;
      const context = await browser.newContext({
        viewport: viewport === 'phone' ? PHONE : WIDE,
        colorScheme: colors,
        locale: language,
        timezoneId: 'UTC',
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      await page.goto(stop.signedOut ? `${demo.url}/console` : addressOf(demo, path));
      await page.locator('main:not([aria-busy])').waitFor();
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      await show?.(page);
      await page.evaluate(SETTLED);
      await page.screenshot({ path: `${folder}${name}.png` });
      console.log(name);
      await context.close();
    }
  });
} finally {
  await browser.close();
}
listInDocs();

function listInDocs() {
  const docs = new URL('../../docs/console.md', import.meta.url);
  const list = tour.map(({ name, says }) => `${says}\n\n![${says}](console/${name}.png)`).join('\n\n');
  const text = readFileSync(docs, 'utf8').replace(
    /(<!-- tour -->\n)[\s\S]*?(<!-- \/tour -->)/,
    (_all, begin, end) => `${begin}\n${list}\n\n${end}`,
  );
  writeFileSync(docs, text);
}
