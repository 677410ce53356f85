import type { Page } from 'playwright-core';
import { useTestServer } from '../support/use-test-server.js';
import { describeInChromium, useChromium } from '../support/chromium.js';

const CDN = 'https://embeddable-sandbox.cdn.apollographql.com/**';

/** Apollo's script and page, as far as they matter here: a frame, that speaks when it is there. */
const EMBED = `window.EmbeddedSandbox = class {
  constructor({ target }) {
    const frame = document.createElement('iframe');
    frame.src = 'https://sandbox.embed.apollographql.com/';
    document.querySelector(target).append(frame);
  }
};`;
const FRAME = '<script>parent.postMessage({ name: "Hello" }, "*")</script>';

describeInChromium('Apollo Sandbox in Chromium', () => {
  const server = useTestServer();
  const open = useChromium();

  const visit = async (prepare: (page: Page) => Promise<unknown>) => {
    const { page } = await open();
    await prepare(page);
    await page.goto(`${server().url}/graphql`, { waitUntil: 'commit' });
    return page;
  };

  /** The notice as a user sees it without scrolling, and where it leads. */
  const expectNotice = async (page: Page, text: RegExp) => {
    const notice = page.locator('#offline', { hasText: text });
    await notice.waitFor({ state: 'visible' });
    const box = await notice.boundingBox();
    expect(box!.y).toBeGreaterThanOrEqual(0);
    expect(box!.y + box!.height).toBeLessThanOrEqual(page.viewportSize()!.height);
    await notice.getByRole('link', { name: 'GraphiQL' }).click();
    await page.waitForSelector('.graphiql-execute-button');
  };

  const withPolicy = (policy: string) => async (page: Page) => {
    await serveEmbed(page);
    await page.route('**/graphql', async (route) => {
      const response = await route.fetch();
      await route.fulfill({
        response,
        headers: { ...response.headers(), 'content-security-policy': policy },
      });
    });
  };

  it.each<[string, (page: Page) => Promise<unknown>, RegExp]>([
    [
      'the browser is offline',
      (page) => page.route(CDN, (route) => route.abort('internetdisconnected')),
      /does not reach/,
    ],
    [
      "Apollo's servers refuse it",
      (page) => page.route(CDN, (route) => route.fulfill({ status: 404 })),
      /does not reach/,
    ],
    [
      'something else is sent',
      (page) => page.route(CDN, (route) => route.fulfill({ body: '' })),
      /something else/,
    ],
    ['nothing answers', (page) => page.route(CDN, () => undefined), /is loading/],
    [
      'a policy forbids the script',
      withPolicy("script-src 'self' 'unsafe-inline'"),
      /Policy forbids it here \(script-src-elem\)/,
    ],
    ['a policy forbids every script', withPolicy("script-src 'self'"), /is loading/],
    [
      'a policy forbids the frame',
      withPolicy("script-src 'unsafe-inline' https:; frame-src 'self'"),
      /Policy forbids it here \(frame-src\)/,
    ],
  ])('leads to GraphiQL where %s', async (_, prepare, text) => {
    await expectNotice(await visit(prepare), text);
  });

  it('is all that is seen once it is there', async () => {
    const page = await visit(serveEmbed);
    await page.locator('#offline').waitFor({ state: 'hidden' });
    expect(await page.locator('#sandbox iframe').boundingBox()).toEqual({
      x: 0,
      y: 0,
      ...page.viewportSize(),
    });
  });
});

async function serveEmbed(page: Page): Promise<void> {
  await page.route(CDN, (route) => route.fulfill({ contentType: 'text/javascript', body: EMBED }));
  await page.route('https://sandbox.embed.apollographql.com/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: FRAME }),
  );
}
