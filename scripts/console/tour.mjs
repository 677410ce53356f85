/** @typedef {import('playwright-core').Page} Page */

/**
 * @typedef {object} Stop
 * @property {string} name of the picture
 * @property {string} page of the console
 * @property {string} says under the picture
 * @property {'wide' | 'phone'} [viewport]
 * @property {'light' | 'dark'} [colors]
 * @property {'en' | 'de' | 'zh'} [language]
 * @property {boolean} [signedOut]
 * @property {(page: Page) => Promise<unknown>} [show] what is done on the page first
 */

/**
 * What the tour shows, in its order.
 *
 * @type {readonly Stop[]}
 */
export const tour = [
  {
    name: 'sign-in',
    page: '',
    says: 'Signing in with a token, where there is no identity provider.',
    signedOut: true,
  },
  { name: 'keys', page: 'keys', says: 'Keys: what a request would use now, and why.' },
  {
    name: 'keys-store',
    page: 'keys',
    says: 'Storing a key. The field is emptied as soon as the key is sent.',
    show: (page) => page.getByRole('button', { name: 'Store a key: Groq' }).click(),
  },
  {
    name: 'keys-replace',
    page: 'keys',
    says: 'Replacing one: what is replaced is shown first.',
    show: (page) => page.getByRole('button', { name: 'Replace: OpenAI' }).click(),
  },
  {
    name: 'keys-history',
    page: 'keys',
    says: 'Every key that was ever stored.',
    show: async (page) => {
      await page.getByRole('button', { name: 'History' }).click();
      await page.getByRole('dialog').getByText('Work').first().waitFor();
    },
  },
  { name: 'try', page: 'try', says: 'Try it: an answer, and what it took.', show: (page) => ask(page) },
  {
    name: 'try-search',
    page: 'try',
    says: 'A model that searches the web: its hits as they come.',
    show: search,
  },
  { name: 'usage', page: 'usage', says: 'Usage: as charts, and as tables that can be saved.' },
  {
    name: 'usage-models',
    page: 'usage',
    says: 'The same by model, and by key.',
    show: (page) => page.locator('[aria-labelledby=usage-model]').evaluate((part) => part.scrollIntoView()),
  },
  { name: 'audit', page: 'audit', says: 'Audit: every change and every use of a key.' },
  { name: 'alerts', page: 'alerts', says: 'Alerts, and the rules that find them.' },
  { name: 'settings', page: 'settings', says: 'Settings, access tokens, export, and deleting everything.' },
  {
    name: 'graphql',
    page: 'keys',
    says: 'Show as GraphQL: what the page asked last.',
    show: async (page) => {
      await page.getByRole('button', { name: 'Show as GraphQL' }).click();
      await page.getByRole('dialog').getByText('Variables').waitFor();
    },
  },
  { name: 'keys-de', page: 'keys', says: 'In German.', language: 'de' },
  { name: 'keys-zh', page: 'keys', says: 'In Chinese, with Noto Sans CJK.', language: 'zh' },
  { name: 'keys-dark', page: 'keys', says: 'In dark colours.', colors: 'dark' },
  { name: 'try-dark', page: 'try', says: 'Likewise.', colors: 'dark', show: (page) => ask(page) },
  { name: 'keys-phone', page: 'keys', says: 'On a phone.', viewport: 'phone' },
  { name: 'try-phone', page: 'try', says: 'Likewise.', viewport: 'phone', show: (page) => ask(page) },
];

/** @param {Page} page @param {string} [question] */
async function ask(page, question = 'Why should I bring my own key?') {
  const field = page.getByRole('textbox', { name: 'Question' });
  await field.fill(question);
  await field.press('Enter');
  await page.locator('[data-announcement]', { hasText: 'Answer complete.' }).waitFor({ state: 'attached' });
}

/** @param {Page} page */
async function search(page) {
  await page.getByRole('switch', { name: 'Web search' }).press('Space');
  // The stand-in searches where a question begins so.
  await ask(page, 'search: how to rotate API keys');
}
