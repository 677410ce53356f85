import type { Page } from 'playwright-core';
import { createToken, inDays } from '../support/access-tokens.js';
import { describeInChromium, useChromium } from '../support/chromium.js';
import { cardOf, keys, liveKeys, said, STORE, UPDATE } from './key-steps.js';
import { useConsole } from './use-console.js';

const RESOLUTION = `query ($provider: Provider, $kind: ProviderKind) {
  keyResolution(provider: $provider, kind: $kind) { candidates { provider source outcome reason chosen } }
}`;

/** What a list of steps says, each with whether it is marked as the one that is used. */
const stepsOf = async (list: ReturnType<Page['locator']>) =>
  list
    .locator('li[data-outcome]')
    .evaluateAll((steps) =>
      steps.map((step) => [step.textContent ?? '', step.getAttribute('aria-current') === 'true'] as const),
    );

describeInChromium('the keys of a person', () => {
  const running = useConsole({
    GROQ_API_KEY: 'gsk_serverkeyofthekeyssuite0123456789',
    TAVILY_API_KEY: 'tvly-server-key-of-the-keys-suite',
  });
  const openPage = useChromium();

  it('have a card for each provider, chats first, and a section for endpoints', async () => {
    const { server, open } = running();
    const { page, complaints } = await open('cards');
    const { providers } = await server.query('cards', '{ providers { provider displayName kind } }');
    const named = (kind: string): string[] =>
      providers
        .filter((info: Record<string, string>) => info.kind === kind && info.provider !== 'CUSTOM')
        .map((info: Record<string, string>) => info.displayName);
    const all = [...named('CHAT'), ...named('SEARCH')];
    await cardOf(page, all.at(-1)!).waitFor();
    expect(await page.getByRole('article').getByRole('heading', { level: 3 }).allTextContents()).toEqual(all);
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
      'What a request would use now',
      'Chat providers',
      'Search engines',
      'Your own endpoints',
    ]);
    expect(complaints).toEqual([]);
  });

  it('show the order in which keys are tried, as the API explains it', async () => {
    const { server, open } = running();
    await server.storeKey('order', 'ANTHROPIC', keys.ANTHROPIC);
    const brave = await server.storeKey('order', 'BRAVE', keys.BRAVE);
    await server.query('order', UPDATE, { input: { keyId: brave, enabled: false } });
    const openai = await server.storeKey('order', 'OPENAI', keys.OPENAI);
    await server.query('order', UPDATE, { input: { keyId: openai, allowedModels: ['o4*'] } });
    const { page } = await open('order');
    const { providers } = await server.query('order', '{ providers { provider displayName } }');
    for (const { provider, displayName } of providers as Record<string, string>[]) {
      if (provider === 'CUSTOM') continue;
      const list = cardOf(page, displayName!).getByRole('list');
      await list.waitFor();
      await expectSteps('order', { provider }, list);
    }
    const now = page.getByRole('region', { name: 'What a request would use now' });
    await expectSteps('order', { kind: 'CHAT' }, now.getByRole('list', { name: /^A chat that names no/ }));
    await expectSteps('order', { kind: 'SEARCH' }, now.getByRole('list', { name: /^A search that names/ }));
    await now.getByText('Tavily, with the server’s key').waitFor();
  });

  async function expectSteps(
    user: string,
    variables: Record<string, unknown>,
    list: ReturnType<Page['locator']>,
  ): Promise<void> {
    const { keyResolution } = await running().server.query(user, RESOLUTION, variables);
    const steps = await stepsOf(list);
    expect(steps.map(([, isUsed]) => isUsed)).toEqual(
      keyResolution.candidates.map(({ chosen }: { chosen: boolean }) => chosen),
    );
    keyResolution.candidates.forEach(({ reason }: { reason: string }, index: number) =>
      expect(steps[index]?.[0].replaceAll('’', "'")).toContain(reason),
    );
  }

  it('show what is known of a key in words', async () => {
    const { server, standIn, open } = running();
    standIn.acceptKey('OPENAI', keys.OPENAI);
    const input = {
      provider: 'OPENAI',
      apiKey: keys.OPENAI,
      name: 'work',
      verify: true,
      expiresAt: inDays(3),
    };
    await server.query('facts', STORE, { input });
    const { page } = await open('facts');
    const card = cardOf(page, 'OpenAI');
    await card.getByText('sk-proj-…abcd').waitFor();
    for (const text of ['work', 'Works', 'Expires soon', 'Stored', 'Last used', 'Never', 'Last checked'])
      expect(await card.getByText(text, { exact: true }).first().isVisible()).toBe(true);
    expect(await card.getByText('The provider accepted it').isVisible()).toBe(true);
    await server.chatEvents('facts', { provider: 'OPENAI' });
    const [key] = await liveKeys(running(), 'facts');
    await server.query('facts', UPDATE, { input: { keyId: key?.id, expiresAt: inDays(-1) } });
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    await card.getByText('Should be rotated', { exact: true }).waitFor();
    expect(await card.getByText('Never', { exact: true }).count()).toBe(0);
    expect(await card.locator('li[data-outcome=EXPIRED]').textContent()).toContain('No other key is used');
  });

  it('show how much of a month is used', async () => {
    const { server, standIn, open } = running();
    standIn.acceptKey('OPENAI', keys.OPENAI);
    const monthlyLimit = { requests: 4, cost: { amount: '2.5', currency: 'USD' } };
    await server.query('month', STORE, {
      input: { provider: 'OPENAI', apiKey: keys.OPENAI, monthlyLimit },
    });
    await server.chatEvents('month', { provider: 'OPENAI' });
    const { page } = await open('month');
    const requests = cardOf(page, 'OpenAI').getByRole('progressbar', {
      name: 'Requests of the month used',
    });
    await requests.waitFor();
    expect(await requests.getAttribute('aria-valuetext')).toBe('1 of 4 requests');
    expect(await requests.getAttribute('aria-valuenow')).toBe('25');
    expect(
      await cardOf(page, 'OpenAI')
        .getByText(/of \$2\.50/)
        .isVisible(),
    ).toBe(true);
  });

  it('shows what a verification found, or why it found nothing', async () => {
    const { server, standIn, open } = running();
    await server.storeKey('verify', 'OPENAI', keys.OPENAI);
    const { page } = await open('verify');
    const card = cardOf(page, 'OpenAI');
    const verify = card.getByRole('button', { name: 'Verify: OpenAI' });
    standIn.revokeKey('OPENAI', keys.OPENAI);
    await verify.click();
    await said(page, 'Verified the key for OpenAI: Refused by the provider.');
    await card.getByText('What the verification showed').waitFor();
    standIn.once('OPENAI', (exchange) => exchange.cut());
    await verify.click();
    await said(page, 'showed nothing: its health stays as it was');
    await card.getByText('It showed nothing').waitFor();
    expect(
      await card
        .getByText(/^Not verified: /)
        .last()
        .isVisible(),
    ).toBe(true);
    await card.getByRole('button', { name: 'Close' }).click();
    await card.getByText('It showed nothing').waitFor({ state: 'hidden' });
  });

  it('say so where a token may not see them', async () => {
    const { page } = await openPage();
    const { server } = running();
    const { secret } = await createToken(server, 'auditor', { scopes: ['AUDIT'] });
    await page.goto(`${server.url}/console/keys#token=${secret}`);
    await page.getByRole('alert').getByText('Your token may not do this').waitFor();
    expect(await page.getByRole('article').count()).toBe(0);
  });

  it('say what to do where they cannot be read', async () => {
    const { page } = await running().open('nobody');
    await cardOf(page, 'OpenAI').waitFor();
    await page.route('**/graphql', (route) => route.abort());
    await page.evaluate(() => dispatchEvent(new Event('focus')));
    await page.getByRole('alert').filter({ hasText: 'The server does not answer' }).waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('alert').waitFor({ state: 'hidden' });
  });
});

declare const dispatchEvent: (event: object) => void;
