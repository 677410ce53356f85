import { describeInChromium, useChromium } from '../support/chromium.js';
import { cardOf, keyField } from './key-steps.js';
import { Speaker } from './speaker.js';
import { OPENAI_KEY, TryPage } from './try-page.js';
import { openConsole, useConsole } from './use-console.js';

describeInChromium('the console at an address without TLS', () => {
  const running = useConsole();
  const openPage = useChromium();

  it('works, though browsers give such a page less: a key, a chat, and copies', async () => {
    const { server, standIn } = running();
    standIn.acceptMadeUpKeys();
    const url = server.url.replace(/127\.0\.0\.1|localhost/, 'keystream.test');
    const { page, complaints } = await openConsole(await openPage(), url, 'without-tls');
    expect(await page.evaluate(() => [isSecureContext, location.hostname])).toEqual([
      false,
      'keystream.test',
    ]);
    await page.getByRole('button', { name: 'Store a key: OpenAI' }).click();
    await keyField(page).fill(OPENAI_KEY);
    await keyField(page).press('Enter');
    await cardOf(page, 'OpenAI').getByText('sk-proj-…').waitFor();
    const listed = standIn.nextRequest('OPENAI');
    await page.getByRole('link', { name: 'Try it' }).click();
    await listed;
    const chat = new TryPage(page, complaints);
    await chat.question.waitFor();
    const code = 'let roof = 1;\n\n  roof += 1;';
    const speaking = Speaker.next(standIn);
    await chat.ask('Code, please');
    const speaker = await speaking;
    await speaker.say(`\`\`\`js\n${code}\n\`\`\`\n`);
    speaker.end();
    await chat.completed();
    const copied = async (): Promise<string> => {
      await chat.question.fill('');
      await chat.question.press('Control+v');
      return chat.question.inputValue();
    };
    await chat.text.getByRole('button', { name: 'Copy the code' }).press('Enter');
    await chat.text.locator('.lucide-check').waitFor();
    expect((await copied()).trimEnd()).toBe(code);
    await page.getByRole('button', { name: 'Show as GraphQL' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Copy' }).first().press('Enter');
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await copied()).toContain('subscription Chat($input: ChatInput!)');
    // Browsers tell it of every page without TLS.
    expect(complaints.filter((text) => !text.includes('Cross-Origin-Opener-Policy'))).toEqual([]);
  });
});

declare const isSecureContext: boolean;
declare const location: { readonly hostname: string };
