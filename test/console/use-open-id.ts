import type { Page } from 'playwright-core';
import { useChromium, type WatchedPage } from '../support/chromium.js';
import { startStandIn, type StandIn } from '../../demo/stand-in/stand-in.mjs';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { ENCRYPTION_KEY, ServerProcess } from '../support/server-process.js';
import { NO_LIMITS } from '../support/test-server.js';
import { type Habits, IdentityProvider } from './identity-provider.js';
import { signedIn } from './session-steps.js';

/** What a page sent to the server, as the tokens that came with it say. */
export interface Sent {
  readonly over: 'http' | 'websocket';
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface OpenIdPage extends WatchedPage {
  readonly sent: Sent[];
}

/** Gives a suite an identity provider, a server whose people sign in there, a stand-in, and pages of its console. */
export function useOpenId(habits: Habits = {}) {
  const openPage = useChromium();
  let provider: IdentityProvider;
  let standIn: StandIn;
  let database: TestDatabase;
  let server: ServerProcess;
  beforeAll(async () => {
    provider = await new IdentityProvider(habits).start();
    standIn = await startStandIn({ pace: 0 });
    database = await createDatabase();
    server = await new ServerProcess({
      NODE_ENV: 'test',
      PORT: '0',
      ENCRYPTION_KEY,
      ...NO_LIMITS,
      ...standIn.environment(),
      ...database.environment,
      ...provider.environment,
    }).listening();
  });
  afterAll(async () => {
    await server.kill('SIGKILL');
    await provider.stop();
    await standIn.stop();
    await database.drop();
  });
  beforeEach(() => {
    provider.forgetEverybody();
    for (const noted of [provider.answers, provider.ended, provider.revoked]) noted.length = 0;
    Object.assign(provider, { away: null, failures: 0 });
    provider.tokens.seconds = 300;
  });

  return {
    provider: () => provider,
    server: () => server,
    standIn: () => standIn,
    open: async () => noteTokens(await openPage()),
    /** Opens a page, whose clock the test has in hand, and goes through the provider's form. */
    signIn: async (path = ''): Promise<OpenIdPage> => {
      const watched = noteTokens(await openPage());
      await watched.page.clock.install();
      await watched.page.goto(`${server.url}/console${path}`);
      await enter(watched.page);
      return watched;
    },
  };
}

/** Goes through the provider's form, from the page for signing in. */
export async function enter(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Sign in with/ }).click();
  await page.getByLabel('Name').fill('alice');
  await page.getByRole('button', { name: 'Enter' }).click();
  await signedIn(page);
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Signed in as alice' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: /^Sign in with/ }).waitFor();
}

function noteTokens(watched: WatchedPage): OpenIdPage {
  const sent: Sent[] = [];
  const note = (over: Sent['over'], authorization: string) =>
    sent.push({ over, claims: claimsOf(authorization.replace('Bearer ', '')) });
  watched.page.on('request', (request) => {
    const { authorization } = request.headers();
    if (authorization && request.url().endsWith('/graphql')) note('http', authorization);
  });
  watched.page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const { type, payload: sentWith } = JSON.parse(payload.toString());
      if (type === 'connection_init') note('websocket', sentWith.authorization);
    }),
  );
  return { ...watched, sent };
}

export const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? 'bnVsbA', 'base64url').toString());

/** Waits for something that the browser does by itself. */
export async function expectSoon(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
