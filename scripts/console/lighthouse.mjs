// Lighthouse's scores of the console, page by page: `npm run console:lighthouse`. Lighthouse 12, because 13 needs Node 22;
// its packages are not the project's: `npm ci --ignore-scripts --prefix console/lighthouse` brings them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { format } from 'prettier';
import { freePort } from '../../bench/machine/free-port.mjs';
import { median } from '../../bench/report/statistics.mjs';
import { addressOf, onStage } from './stage.mjs';

const entry = new URL('../../console/lighthouse/node_modules/lighthouse/core/index.js', import.meta.url);
const docs = new URL('../../docs/console.md', import.meta.url);
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const pages = ['keys', 'try', 'usage', 'audit', 'alerts', 'settings'];
const categories = ['performance', 'accessibility', 'best-practices'];
const GOAL = 95;
/** Speed on a shared machine varies: each page counts with the middle one of its runs. */
const ROUNDS = 3;

if (!existsSync(entry)) {
  console.error('Lighthouse is missing: npm ci --ignore-scripts --prefix console/lighthouse');
  process.exit(1);
}
const { default: lighthouse, desktopConfig } = await import(entry.href);

/** @typedef {{ readonly page: string, readonly form: string, readonly scores: number[] }} Row */
/** @type {Row[]} */
const rows = [];
/** Lighthouse's index of the machine's speed, in each run. @type {number[]} */
const speeds = [];
await onStage(async (demo) => {
  for (const page of pages) {
    for (const [form, config] of [
      ['phone', undefined],
      ['desktop', desktopConfig],
    ]) {
      /** @type {number[][]} */
      const runs = [];
      for (let round = 0; round < ROUNDS; round += 1) runs.push(await measure(addressOf(demo, page), config));
      const scores = categories.map((_, index) => median(runs.map((run) => run[index] ?? 0)));
      rows.push({ page, form, scores });
      console.log(page.padEnd(10), form.padEnd(8), scores.join('  '));
      if (process.argv.includes('--write-docs')) await writeDocs();
    }
  }
});
if (rows.some(({ scores }) => scores.some((score) => score < GOAL))) process.exitCode = 1;

/**
 * In a browser of its own, as of a person who comes for the first time.
 *
 * @param {string} url
 * @param {object | undefined} config
 * @returns {Promise<number[]>}
 */
async function measure(url, config) {
  const port = await freePort();
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', `--remote-debugging-port=${port}`],
  });
  try {
    const { lhr } = await lighthouse(url, { port, onlyCategories: categories, logLevel: 'error' }, config);
    speeds.push(Math.round(lhr.environment.benchmarkIndex));
    if (process.argv.includes('--explain')) explain(lhr);
    return categories.map((category) => Math.round((lhr.categories[category].score ?? 0) * 100));
  } finally {
    await browser.close();
  }
}

/** @param {{ audits: Record<string, { id: string, score: number | null, displayValue?: string, title: string }> }} result */
function explain({ audits }) {
  for (const { id, score, displayValue } of Object.values(audits))
    if (score !== null && score < 0.95) console.log('   ', id, score, displayValue ?? '');
}

async function writeDocs() {
  const table = [
    '| page | as | performance | accessibility | best practices |',
    '| --- | --- | ---: | ---: | ---: |',
    ...rows.map(({ page, form, scores }) => `| ${page} | ${form} | ${scores.join(' | ')} |`),
    '',
    `The machine's \`benchmarkIndex\` was ${Math.min(...speeds)} to ${Math.max(...speeds)}, ${median(speeds)} in the middle.`,
  ].join('\n');
  const text = readFileSync(docs, 'utf8').replace(
    /(<!-- lighthouse -->\n)[\s\S]*?(<!-- \/lighthouse -->)/,
    (_all, begin, end) => `${begin}\n${table}\n\n${end}`,
  );
  writeFileSync(docs, await format(text, { parser: 'markdown', printWidth: 110 }));
}
