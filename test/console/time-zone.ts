import type { Page } from 'playwright-core';

/** Where a page thinks that it is. */
export async function setTimeZone(page: Page, timezoneId: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setTimezoneOverride', { timezoneId });
}
