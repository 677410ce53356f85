import { describeInChromium } from '../support/chromium.js';
import { Speaker } from './speaker.js';
import { openTry } from './try-page.js';
import { useConsole } from './use-console.js';

const HOST = 'hostile.example';
const HOSTILE: Readonly<Record<string, string>> = {
  HTML: `<img src=x onerror="hacked=1"> <script>hacked=1</script>\n\n<style>body{display:none}</style>\n\n<iframe src="https://${HOST}"></iframe>\n\n<svg onload=hacked=1>\n\n<a href="javascript:hacked=1">x</a> <form action="https://${HOST}"><input></form>`,
  pictures: `![a](https://${HOST}/a.png) ![b][b] ![c](data:image/svg+xml,<svg/onload=hacked=1>)\n\n[b]: https://${HOST}/b.png`,
  links: `[a](javascript:hacked=1) [b](JaVaScRiPt:hacked=1) [c](data:text/html,<script>hacked=1</script>) [d](vbscript:x) [e](/console/keys) [f](//${HOST}) <javascript:hacked=1> [g](java\nscript:hacked=1) [h](&#106;avascript:hacked=1)`,
  'many brackets': '['.repeat(20_000),
  'many stars': '*a**b'.repeat(5_000),
  'many quotes': '>'.repeat(20_000),
  'many lists': '1. '.repeat(10_000),
  'a deep list': Array.from({ length: 150 }, (_, depth) => `${'  '.repeat(depth)}- a`).join('\n'),
  'a long word': 'a'.repeat(100_000),
  'a long line of words': 'word '.repeat(20_000),
  'many empty items': '-\n'.repeat(10_000),
  'many links that are not': '[a]('.repeat(8_000),
  'many definitions': Array.from(
    { length: 1_000 },
    (_, at) => `[d${String(at)}]: https://example.com/${String(at)}`,
  ).join('\n'),
  'other directions': '\u202Egnp.exe\u202C \u0000 \uFEFF \uD800',
};

describeInChromium('hostile Markdown in the console', () => {
  const running = useConsole();

  it.each(Object.entries(HOSTILE))('does nothing, and holds nothing up: %s', async (name, text) => {
    const chat = await openTry(running(), `target-${name.replaceAll(' ', '-')}`);
    const { page } = chat;
    const requested: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    page.on('dialog', () => requested.push('a dialog'));
    const speaking = Speaker.next(running().standIn);
    await chat.ask('Do your worst');
    const speaker = await speaking;
    await speaker.say(text);
    await speaker.say('\n\nAfter it all\n');
    await chat.text.waitFor();
    // It answers the keyboard in the meantime.
    await chat.question.fill('Still here');
    speaker.end();
    await chat.completed();
    await chat.says('After it all');
    expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
    expect(requested.filter((url) => url.includes(HOST) || url === 'a dialog')).toEqual([]);
    expect(await chat.text.locator('img, script, style, iframe, svg[onload], form, input').count()).toBe(0);
    const links = await chat.text
      .getByRole('link')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(links.filter((href) => !/^(https?:\/\/|mailto:)/.test(href ?? ''))).toEqual([]);
    expect(chat.complaints).toEqual([]);
  });

  it('shows a picture as a link with its description', async () => {
    const chat = await openTry(running(), 'describer');
    await chat.ask(`say: See ![a cat](https://${HOST}/cat.png) here`);
    await chat.completed();
    const link = chat.text.getByRole('link', { name: 'a cat' });
    expect(await link.getAttribute('href')).toBe(`https://${HOST}/cat.png`);
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer nofollow');
    expect(await link.getAttribute('target')).toBe('_blank');
  });
});
