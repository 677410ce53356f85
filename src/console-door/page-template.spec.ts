import { PageTemplate } from './page-template.js';

const page = new PageTemplate(
  '<script nonce="KEYSTREAM_NONCE"></script><meta content="KEYSTREAM_SETTINGS"><p nonce="KEYSTREAM_NONCE">',
);

describe('a page of the build', () => {
  it('gets the nonce in all places, and its settings as an attribute', () => {
    expect(page.fill({ nonce: 'n+/=', settings: { a: `"'<>&` } })).toBe(
      '<script nonce="n+/="></script><meta content="{&quot;a&quot;:&quot;\\&quot;&#39;&lt;&gt;&amp;&quot;}"><p nonce="n+/=">',
    );
  });

  it('takes nothing that is filled in for a place, or for a sign of a replacement', () => {
    const settings = { a: 'nonce="KEYSTREAM_NONCE"', b: "$& $1 $` $'" };
    const filled = page.fill({ nonce: 'n', settings });
    expect(filled.match(/nonce="n"/g)).toHaveLength(2);
    const [, content = ''] = /content="([^"]*)"/.exec(filled) ?? [];
    expect(content).toContain('KEYSTREAM_NONCE');
    expect(content).toContain('$&amp; $1 $` $&#39;');
  });

  it('says which places it has', () => {
    expect([page.has('nonce'), page.has('content')]).toEqual([true, true]);
    const other = new PageTemplate('<script nonce="KEYSTREAM_NONCE"></script> content=KEYSTREAM_SETTINGS');
    expect([other.has('nonce'), other.has('content')]).toEqual([true, false]);
  });
});
