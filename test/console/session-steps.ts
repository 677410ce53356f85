import type { Page, Route } from 'playwright-core';
import { isOf } from './held-operation.js';

export const signedIn = (page: Page, user = 'alice') =>
  page.getByRole('button', { name: `Signed in as ${user}` }).waitFor();

export async function paste(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Use it' }).click();
}

/** What a page has stored. The colours and the language are no secrets, and are there once they were chosen. */
export const storages = (page: Page) =>
  page.evaluate(() => ({ local: { ...localStorage }, session: { ...sessionStorage } }));

/**
 * Has the server refuse the token, as when it has expired, until the page has said so: at a request of the next page alone,
 * since the way there is gone where one of this page comes first.
 */
export async function endSession(page: Page): Promise<void> {
  await page.route('**/graphql', refuseTrail);
  await page.getByRole('link', { name: 'Audit' }).click();
  await page.getByText('Your session has ended').waitFor();
  await page.unroute('**/graphql', refuseTrail);
}

const refuseTrail = (route: Route) =>
  isOf(route.request(), 'AuditEvents')
    ? route.fulfill({
        status: 401,
        json: { errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] },
      })
    : route.continue();

declare const localStorage: Record<string, string>;
declare const sessionStorage: Record<string, string>;
