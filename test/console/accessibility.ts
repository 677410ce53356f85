import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules of WCAG 2.2 up to AA, and what axe holds to be good practice. */
const options: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
};

/**
 * What axe finds on a page as it is now: a line for each element, empty where all is well. The script comes by the
 * browser's protocol, which the page's policy does not concern.
 */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(await source);
  // Colours that change by and by are none that a person reads.
  await page.evaluate(allAnimated);
  const { violations } = await page.evaluate((run) => axe.run(run), options);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id} (${help}): ${html}\n${failureSummary ?? ''}`),
  );
}

/** Runs in the browser. What turns for ever is not waited for. */
function allAnimated(): Promise<unknown> {
  const ending = document
    .getAnimations()
    .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
  return Promise.all(ending.map(({ finished }) => finished.catch(() => null)));
}

declare const axe: { run(options: RunOptions): Promise<AxeResults> };
declare const document: {
  getAnimations(): {
    readonly finished: Promise<unknown>;
    readonly effect: { getComputedTiming(): { readonly endTime: number } } | null;
  }[];
};
