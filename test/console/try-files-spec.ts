import { describeInChromium } from '../support/chromium.js';
import { notes, pdf, png } from '../support/media.js';
import { holdBack } from './held-back.js';
import { focusedName } from './key-steps.js';
import { Speaker } from './speaker.js';
import { openTry, type TryPage } from './try-page.js';
import { useConsole } from './use-console.js';

const image = { name: 'dot.png', mimeType: 'image/png', buffer: png };
/** More than what goes within a request. */
const largeText = { name: 'large.txt', mimeType: 'text/plain', buffer: Buffer.from('word '.repeat(60_000)) };

describeInChromium('files in a chat of the console', () => {
  const running = useConsole();

  const choose = (chat: TryPage, ...files: (typeof image)[]) =>
    chat.page.locator('[data-attach]').setInputFiles(files);
  const partsOf = (speaker: Speaker): { type: string; [field: string]: string }[] =>
    speaker.request.input.at(-1).content;

  it('are shown, described and sent with the question', async () => {
    const chat = await openTry(running(), 'picker');
    await choose(chat, image, { name: 'plan.pdf', mimeType: 'application/pdf', buffer: pdf });
    await choose(chat, { name: 'notes.unknown', mimeType: '', buffer: notes });
    await chat.page.getByRole('img', { name: 'dot.png' }).waitFor();
    const speaking = Speaker.next(running().standIn);
    await chat.ask('What is this?');
    const speaker = await speaking;
    const parts = partsOf(speaker);
    expect(parts.map(({ type }) => type)).toEqual(['input_image', 'input_file', 'input_text', 'input_text']);
    expect(parts[0]?.image_url).toBe(`data:image/png;base64,${png.toString('base64')}`);
    expect(JSON.stringify(parts)).toContain('日本');
    speaker.end();
    await chat.completed();
    expect(await chat.page.getByRole('img', { name: 'dot.png' }).count()).toBe(1);
    await chat.page.getByRole('button', { name: 'Show as GraphQL' }).click();
    const drawer = chat.page.getByRole('dialog');
    await drawer.getByText('"data": "…"').first().waitFor();
    expect(chat.complaints).toEqual([]);
  });

  it('that are large go before the question, with the token in the header', async () => {
    const chat = await openTry(running(), 'sender');
    const sent = chat.page.waitForRequest('**/attachments');
    await choose(chat, largeText);
    expect((await sent).headers().authorization).toMatch(/^Bearer ey/);
    const speaking = Speaker.next(running().standIn);
    await chat.page.getByRole('listitem').filter({ hasText: 'large.txt' }).getByText('kB').waitFor();
    await chat.ask('Long?');
    expect(JSON.stringify(partsOf(await speaking)).length).toBeGreaterThan(300_000);
  });

  it('that could not be sent go at another try, and the focus goes on to the question', async () => {
    const chat = await openTry(running(), 'again');
    const { page } = chat;
    await page.route('**/attachments', (route) => route.abort());
    await choose(chat, largeText);
    const again = page.getByRole('button', { name: 'Send large.txt again' });
    await again.waitFor();
    await page.unroute('**/attachments');
    await again.press('Enter');
    await page.getByRole('listitem').filter({ hasText: 'large.txt' }).getByText('kB').waitFor();
    expect(await focusedName(page)).toBe('Question');
  });

  it('are pasted and dropped, and taken away again', async () => {
    const chat = await openTry(running(), 'dropper');
    const { page } = chat;
    for (const kind of ['paste', 'drop'] as const)
      await chat.question.evaluate(give, { kind, name: `${kind}.png`, base64: png.toString('base64') });
    await page.getByRole('img', { name: 'paste.png' }).waitFor();
    await page.getByRole('img', { name: 'drop.png' }).waitFor();
    await page.getByRole('button', { name: 'Remove paste.png' }).press('Enter');
    expect(
      await page.getByRole('img').evaluateAll((images) => images.map((each) => each.getAttribute('alt'))),
    ).not.toContain('paste.png');
    expect(await page.getByRole('img', { name: 'drop.png' }).count()).toBe(1);
  });

  it('that are added while a question is on its way stay for the next one', async () => {
    const chat = await openTry(running(), 'early-bird');
    const { letGo } = await holdBack(chat.page);
    const speaking = Speaker.next(running().standIn);
    await chat.ask('First');
    const speaker = await speaking;
    await chat.page.getByText('Asking').waitFor();
    await chat.question.evaluate(give, { kind: 'paste', name: 'next.png', base64: png.toString('base64') });
    letGo();
    speaker.end();
    await chat.completed();
    expect(await chat.question.inputValue()).toBe('');
    await chat.page.getByRole('button', { name: 'Remove next.png' }).waitFor();
    expect(partsOf(speaker)).toBe('First');
  });

  it('that models do not take are refused by name, and the limits are said', async () => {
    const chat = await openTry(running(), 'refused');
    await choose(chat, { name: 'song.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from([1, 2, 3, 0]) });
    await chat.page
      .getByRole('alert')
      .filter({ hasText: 'song.mp3 is of a kind that models do not take' })
      .waitFor();
    await choose(chat, { name: 'huge.png', mimeType: 'image/png', buffer: Buffer.alloc(21 * 1024 * 1024) });
    await chat.page.getByRole('alert').filter({ hasText: 'huge.png is too large' }).waitFor();
    await chat.page.getByText('PNG, JPEG, WebP, GIF, PDF or text, up to 20 MB each').waitFor();
  });

  it('go with a question up to as many as a chat takes, and the one too many is named', async () => {
    const chat = await openTry(running(), 'collector');
    const note = (_: unknown, index: number) => ({
      name: `note-${String(index + 1)}.txt`,
      mimeType: 'text/plain',
      buffer: Buffer.from(`Words of note ${String(index + 1)}.`),
    });
    await choose(chat, ...Array.from({ length: 101 }, note));
    await chat.page.getByRole('alert').filter({ hasText: 'note-101.txt was left out' }).waitFor();
    const speaking = Speaker.next(running().standIn);
    await chat.question.fill('Well?');
    // It waits until all of them are read.
    await chat.page.getByRole('button', { name: 'Send', exact: true }).click();
    const asked = JSON.stringify(partsOf(await speaking));
    expect(asked.match(/Words of note/g)).toHaveLength(100);
    expect(asked).not.toContain('Words of note 101.');
  });
});

/** Runs in the browser. */
function give(
  element: Element,
  { kind, name, base64 }: { kind: string; name: string; base64: string },
): void {
  const data = new DataTransfer();
  data.items.add(
    new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name, {
      type: 'image/png',
    }),
  );
  element.dispatchEvent(
    kind === 'paste'
      ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
      : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }),
  );
}

declare class DataTransfer {
  readonly items: { add(file: File): void };
}
interface Bubbling {
  readonly bubbles: true;
  readonly cancelable: true;
}
declare class ClipboardEvent extends Event {
  constructor(type: string, init: Bubbling & { clipboardData: DataTransfer });
}
declare class DragEvent extends Event {
  constructor(type: string, init: Bubbling & { dataTransfer: DataTransfer });
}
interface Element {
  dispatchEvent(event: Event): boolean;
}
