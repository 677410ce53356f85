import { isStyle } from './trusted-types';

describe('isStyle', () => {
  it.each([
    '.__m__-r1{padding:1rem;}',
    '@media(min-width: 48em){.__m__-r1{display:none;}}',
    '.__m__-_r_3_{--a:1px;}@media(max-width: 30em){.__m__-_r_3_{--a:2px;}}',
  ])('passes what Mantine writes: %s', (text) => {
    expect(isStyle(text)).toBe(true);
  });

  it.each([
    '',
    'text',
    '<img src=x onerror=alert(1)>',
    '.__m__-r1{}</style><script>alert(1)</script>',
    '.__m__-r1{background:url(https://example.com)}',
    '.__m__-r1{background:image-set("https://example.com" 1x)}',
    '.__m__-r1{background:\\75rl(x)}',
    '.__m__-r1{}@import "https://example.com";',
    'body{display:none}',
    '.__m__-r1{}body{display:none}',
    '@media all{body{display:none}}',
    '.__m__-r1{}[value^="a"]{color:red}',
  ])('refuses anything else: %s', (text) => {
    expect(isStyle(text)).toBe(false);
  });
});
