import { processorMs } from '../../../test/support/timing.js';
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
    ['before<STYLE>b { color: red }</Style >after', 'beforeafter'],
    ['before<!-- hidden -->after', 'beforeafter'],
    ['  many \n\t spaces\u00a0here ', 'many spaces here'],
    ['unclosed <b>tag', 'unclosed tag'],
    ['stray </b></script> ends', 'stray ends'],
    ['an <img src="x" onerror="alert(1)">image', 'an image'],
    ['cut <a href="https://example.com', 'cut'],
    // What swallows the rest, because it never ends, is no markup.
    ['<script>: The <b>Script</b> element &amp; more', '<script>: The Script element & more'],
    ['<title>: The <i>title</i>', '<title>: The title'],
    ['a <!-- that <b>stays</b> open', 'a <!-- that stays open'],
    ['<template>a<template>b</template>c', 'ac'],
    ['<noscript>a <noscript>b', '<noscript>a <noscript>b'],
    ['<my-el onclick="alert(1)">component</my-el>', 'component'],
    ['<my-el>component</my-el>', 'component'],
    ['an <svg><path d="M0 0"/></svg>icon', 'an icon'],
    // What HTML does not know is none of it.
    ['<b>vector&lt;int&gt;</b> and Map<String, List<int>> end', 'vector<int> and Map<String, List<int>> end'],
    ['<?php echo 1 ?> in <!DOCTYPE html>', '<?php echo 1 ?> in <!DOCTYPE html>'],
  ])('shows the HTML %j as %j', (html, text) => {
    expect(toPlainText(html, 'HTML')).toBe(text);
  });

  it.each([
    '<script>: The Script element - HTML | MDN',
    'The <script> HTML element is used to embed executable code',
    '<br>: The Line Break element',
    'Difference between <b> and <strong>',
    'std::vector<int> v; // a <b c> d',
    'function f<T extends object = Map<string, number>>() {}',
    'What is &nbsp; in HTML?',
    'Comments: <!-- and --> & more',
    '1 < 2 & 3 > 2',
    'a <?php tag',
  ])('leaves the text %j as it is', (text) => {
    expect(toPlainText(text, 'TEXT')).toBe(text);
  });

  it.each([
    ['<strong>fish</strong> &amp; chips', 'fish & chips'],
    ['before<script>alert(1)</script>after', 'beforeafter'],
    ['an <img src=x onerror=alert(1)> image', 'an image'],
    ['a <my-el onclick="alert(1)">component', 'a component'],
    ['  many \n\t spaces ', 'many spaces'],
  ])('takes the text %j for the HTML that it is: %j', (text, shown) => {
    expect(toPlainText(text, 'TEXT')).toBe(shown);
  });

  it('cuts no character in two', () => {
    const long = 'x'.repeat(9_999) + '😀';
    expect(toPlainText(long, 'TEXT')).toBe('x'.repeat(9_999));
  });

  it.each(['HTML', 'TEXT'] as const)('takes no longer for %s that is made to be slow', (format) => {
    const convertAll = (): void => {
      for (const slow of [
        '<x>',
        '<b>',
        '<script>',
        '<template>',
        '<!--',
        '</script',
        '<b a=',
        '<x a',
        '</x>',
        '<x a=<',
      ]) {
        toPlainText(slow.repeat(1_000_000), format);
      }
      toPlainText('<b>'.repeat(1_000) + '<script></script>'.repeat(1_000_000) + '</b>', format);
    };
    // Of the processor: what grows with the square of the length takes minutes.
    expect(processorMs(convertAll)).toBeLessThan(2_000);
  });
});
