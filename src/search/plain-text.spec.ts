import { toPlainText } from './plain-text.js';

describe('toPlainText', () => {
  it.each([
    ['plain words', 'plain words'],
    ['', ''],
    ['<strong>bold</strong>er', 'bolder'],
    ['one<br>two<p>three</p>four', 'one two three four'],
    ['<a href="https://example.com" onclick="alert(1)">link</a>', 'link'],
    [
      'fish &amp; chips &quot;to go&quot; &#x27;now&#39; &eacute; &#128512;',
      'fish & chips "to go" \'now\' é 😀',
    ],
    ['1 < 2 & 3 > 2', '1 < 2 & 3 > 2'],
    ['&lt;script&gt; is a tag', '<script> is a tag'],
    ['&amp;lt;', '&lt;'],
    ['before<script>alert(1)</script>after', 'beforeafter'],
    ['before<style>b { color: red }</style>after', 'beforeafter'],
    ['before<!-- hidden -->after', 'beforeafter'],
    ['  many \n\t spaces\u00a0here ', 'many spaces here'],
    ['unclosed <b>tag', 'unclosed tag'],
    ['stray </b></script> ends', 'stray ends'],
  ])('shows %j as %j', (html, text) => {
    expect(toPlainText(html)).toBe(text);
  });

  it('takes no longer for markup that is made to be slow', () => {
    const startedAt = performance.now();
    toPlainText('<x>'.repeat(1_000_000) + '</y>'.repeat(1_000_000));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
