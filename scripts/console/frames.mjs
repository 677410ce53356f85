// How smooth the console stays while a long answer arrives: `npm run console:frames`. Prints a table for the docs.
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { ResponseEvents } from '../../demo/stand-in/openai-events.mjs';
import { endless, longAnswer } from './long-answer.mjs';
import { addressOf, onStage } from './stage.mjs';

const { values } = parseArgs({
  options: {
    words: { type: 'string', default: '20000' },
    // Deltas in a second.
    rate: { type: 'string', default: '100' },
    // How many times slower than this machine's processor: one number, or several.
    cpu: { type: 'string', multiple: true, default: ['1', '4'] },
    // An answer that is one paragraph, list, table, quote or piece of code.
    single: { type: 'string' },
  },
});
const words = Number(values.words);
const everyMs = 1000 / Number(values.rate);
const text = values.single ? (endless[values.single]?.(words * 6) ?? '') : longAnswer(words);
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
/** Longer frames are seen as a halt. */
const HALT_MS = 50;

console.log(
  `| Processor | Words | Deltas a second | Frames a second | 99 % of frames within | Frames over ${HALT_MS} ms | Longest |`,
);
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
await onStage(async (demo) => {
  for (const cpu of values.cpu.map(Number)) await measure(demo, cpu);
});

/** @param {import('../../demo/demo.mjs').Demo} demo @param {number} cpu */
async function measure(demo, cpu) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(addressOf(demo, 'try'));
    const question = page.getByRole('textbox', { name: 'Question' });
    await question.waitFor();
    await page.waitForLoadState('networkidle');
    demo.standIn.once('OPENAI', speak);
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: cpu });
    await question.fill('Go on');
    await question.press('Enter');
    await page.locator('[data-answer-text]').waitFor({ timeout: 60_000 });
    await page.evaluate(watchFrames);
    await page.getByText('Answer complete.').waitFor({ state: 'attached', timeout: 0 });
    const times = await page.evaluate(() => /** @type {any} */ (globalThis).frameTimes);
    report(cpu, times);
  } finally {
    await browser.close();
  }
}

/** Says all of it, each delta when its time has come. @param {import('../../demo/stand-in/exchange.mjs').Exchange} exchange */
async function speak(exchange) {
  const events = new ResponseEvents(exchange.body);
  await exchange.write(events.begin() + events.beginText());
  const started = performance.now();
  const deltas = text.match(/\s*\S+/g) ?? [];
  for (const [index, delta] of deltas.entries()) {
    const early = started + index * everyMs - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    if (!(await exchange.write(events.textDelta(delta)))) break;
  }
  exchange.end(events.end(12));
}

/** Runs in the browser. */
function watchFrames() {
  /** @type {number[]} */
  const times = [];
  const browser = /** @type {any} */ (globalThis);
  browser.frameTimes = times;
  let before = performance.now();
  const next = (/** @type {number} */ now) => {
    times.push(now - before);
    before = now;
    browser.requestAnimationFrame(next);
  };
  browser.requestAnimationFrame(next);
}

/** @param {number} cpu @param {number[]} times */
function report(cpu, times) {
  const sorted = times.slice(1).sort((a, b) => a - b);
  const seconds = sorted.reduce((sum, time) => sum + time, 0) / 1000;
  const within = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  const halts = sorted.filter((time) => time > HALT_MS).length;
  const cells = [
    cpu === 1 ? 'as it is' : `${cpu} times slower`,
    (text.match(/\S+/g) ?? []).length.toLocaleString('en'),
    values.rate,
    (sorted.length / seconds).toFixed(1),
    `${within.toFixed(0)} ms`,
    `${halts} of ${sorted.length.toLocaleString('en')}`,
    `${(sorted.at(-1) ?? 0).toFixed(0)} ms`,
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
