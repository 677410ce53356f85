import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A name that no browser takes for its own machine.
  '--host-resolver-rules=MAP keystream.test 127.0.0.1',
];

/**
 * A suite that needs Chromium: run where it is installed (CHROMIUM_PATH names it where it is elsewhere). With
 * REQUIRE_CHROMIUM=1, as in CI, a missing Chromium is a failure.
 */
export const describeInChromium =
  existsSync(executablePath) || process.env.REQUIRE_CHROMIUM === '1' ? describe : describe.skip;

/** A page in a profile of its own, and what it should not have done. */
export interface WatchedPage {
  readonly page: Page;
  /** What the browser complained about: errors of scripts, what a policy forbade, what could not be loaded. */
  readonly complaints: readonly string[];
  /** Every address that the page asked for, WebSockets too. */
  readonly requested: readonly string[];
}

/**
 * Opens pages for each test of a suite: `const open = useChromium();`, then `await open()`. They are closed after it: what
 * one does by itself, as renewing a token, is not to reach what the next test counts.
 */
export function useChromium(): () => Promise<WatchedPage> {
  let browser: Browser | null = null;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: flags });
  });
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) {
      await Promise.all(context.pages().map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })));
      await context.close();
    }
  });
  afterAll(async () => {
    await browser?.close();
  });
  return async () => {
    if (!browser) throw new Error('The browser runs only during a test.');
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    // How long something may take is for the test to say.
    page.setDefaultTimeout(0);
    return watch(page);
  };
}

function watch(page: Page): WatchedPage {
  const complaints: string[] = [];
  const requested: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requested.push(request.url()));
  page.on('websocket', (socket) => requested.push(socket.url()));
  return { page, complaints, requested };
}
