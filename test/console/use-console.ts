import type { Page } from 'playwright-core';
import type { StandIn } from '../../demo/stand-in/stand-in.mjs';
import { useChromium, type WatchedPage } from '../support/chromium.js';
import type { Environment, ServerProcess } from '../support/server-process.js';
import { signToken } from '../support/test-server.js';
import { useServerProcess } from '../support/use-server-process.js';

export interface RunningConsole {
  readonly server: ServerProcess;
  readonly standIn: StandIn;
  /** A page of the console where a user is signed in, in a profile of its own. */
  readonly open: (user: string, page?: string) => Promise<WatchedPage>;
}

/** Gives a suite the built server with the stand-in, and pages of its console in Chromium. */
export function useConsole(environment: Environment = {}): () => RunningConsole {
  const running = useServerProcess(environment);
  const openPage = useChromium();
  return () => {
    const { server, standIn } = running();
    return {
      server,
      standIn,
      open: async (user, page) => openConsole(await openPage(), server.url, user, page),
    };
  };
}

/** Has a user signed in on a page of a server's console. */
export async function openConsole(
  watched: WatchedPage,
  url: string,
  user: string,
  page = 'keys',
): Promise<WatchedPage> {
  await watched.page.goto(`${url}/console/${page}#token=${await signToken(user)}`);
  await taken(watched.page);
  return watched;
}

/** Both sets of colours, for suites that look at each. */
export const colorSchemes = ['light', 'dark'] as const;

/** What is wider than the window, and so the page itself would scroll sideways. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** The same at several widths of the window, of which the last one stays: the most that there is at any of them. */
export async function widestOverflow(page: Page, widths: readonly number[]): Promise<number> {
  const found: number[] = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    found.push(await overflow(page));
  }
  return Math.max(...found);
}

declare const document: { readonly documentElement: { readonly scrollWidth: number } };
declare const window: { readonly innerWidth: number };

/** Waits until the page's scripts have taken the place of its first frame, and its own part is there. */
export async function taken(page: Page): Promise<void> {
  await page.locator('main:not([aria-busy])').waitFor();
  await page.getByRole('heading', { level: 1 }).waitFor();
}
