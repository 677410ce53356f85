import type { SearchHit } from './contract.js';
import { MAX_CONTENT_CHARACTERS, normaliseHits } from './normalise-hits.js';

let pages = 0;
const hit = (fields: Partial<SearchHit> = {}): SearchHit => ({
  title: 'Title',
  url: `https://example.com/${(pages += 1)}`,
  snippet: 'Snippet',
  content: null,
  score: null,
  ...fields,
});

async function urlsOf(urls: readonly string[], limit = 20): Promise<string[]> {
  const hits = await normaliseHits(
    urls.map((url) => hit({ url })),
    limit,
    'TEXT',
  );
  return hits.map(({ url }) => url);
}

async function contentsOf(contents: readonly (string | null)[]): Promise<(string | null)[]> {
  const hits = await normaliseHits(
    contents.map((content) => hit({ content })),
    20,
    'TEXT',
  );
  return hits.map(({ content }) => content);
}

describe('normaliseHits', () => {
  it('leaves a clean hit as it is', async () => {
    const clean = hit({ content: '# Title\n\n<b>Text</b>', score: 0.5 });
    expect(await normaliseHits([clean], 5, 'TEXT')).toEqual([clean]);
  });

  it('shows titles and snippets as text, and leaves Markdown alone', async () => {
    const [cleaned] = await normaliseHits(
      [hit({ title: '<b>A</b> &amp; B', snippet: 'x&#x27;s', content: 'a &amp; <b>' })],
      5,
      'HTML',
    );
    expect(cleaned).toMatchObject({ title: 'A & B', snippet: "x's", content: 'a &amp; <b>' });
  });

  describe('addresses', () => {
    it('are http or https', async () => {
      const others = [
        'javascript:alert(1)',
        'data:text/html,x',
        'ftp://example.com/',
        'file:///etc/passwd',
        'mailto:a@b.c',
      ];
      expect(await urlsOf([...others, 'http://example.com/a', 'https://example.com/a'])).toEqual([
        'http://example.com/a',
        'https://example.com/a',
      ]);
    });

    it('are whole', async () => {
      expect(await urlsOf(['', '/path', 'example.com', 'https://', '//example.com/a'])).toEqual([]);
    });

    it('hold no credentials', async () => {
      expect(await urlsOf(['https://user:password@example.com/', 'https://user@example.com/'])).toEqual([]);
    });

    it('come once, the first time', async () => {
      const same = [
        'https://example.com/a',
        'https://EXAMPLE.com/a',
        'https://example.com/a/',
        'https://example.com/a#b',
        'https://example.com:443/a',
      ];
      expect(await urlsOf(same)).toEqual(['https://example.com/a']);
      expect(await urlsOf(['https://example.com', 'https://example.com/#top'])).toEqual([
        'https://example.com/',
      ]);
    });

    it('differ by path, its case, query, scheme and port', async () => {
      const different = [
        'https://example.com/a',
        'https://example.com/A',
        'https://example.com/a?b=1',
        'https://example.com/a?b=2',
        'http://example.com/a',
        'https://example.com:8443/a',
      ];
      expect(await urlsOf(different)).toEqual(different);
    });
  });

  it('keeps the limit, counted after what was left out', async () => {
    expect(await urlsOf(['ftp://a/', 'https://a/', 'https://a/#', 'https://b/', 'https://c/'], 2)).toEqual([
      'https://a/',
      'https://b/',
    ]);
  });

  it.each([
    [0.5, 0.5],
    [0, 0],
    [-0.1, 0],
    [1.7, 1],
    [NaN, null],
    [Infinity, null],
    [null, null],
  ])('makes of the score %p %p', async (score, expected) => {
    const [scored] = await normaliseHits([hit({ score })], 5, 'TEXT');
    expect(scored?.score).toBe(expected);
  });

  describe('content', () => {
    it('that is blank is none', async () => {
      expect(await contentsOf(['', ' \n ', null])).toEqual([null, null, null]);
    });

    it('that fits is whole', async () => {
      const whole = 'x'.repeat(MAX_CONTENT_CHARACTERS / 2);
      expect(await contentsOf([whole, whole])).toEqual([whole, whole]);
    });

    it('is cut where it is longest, so that all results have some', async () => {
      const contents = await contentsOf(['l'.repeat(100_000), 'short', null, 'm'.repeat(100_000)]);
      const lengths = contents.map((content) => content?.length ?? 0);
      expect(lengths).toEqual([11_997, 5, 0, 11_998]);
      expect(lengths[0]! + lengths[1]! + lengths[3]!).toBe(MAX_CONTENT_CHARACTERS);
    });

    it('is cut between characters', async () => {
      const [content] = await contentsOf([`x${'😀'.repeat(MAX_CONTENT_CHARACTERS)}`]);
      expect(content).toHaveLength(MAX_CONTENT_CHARACTERS - 1);
      expect(content?.endsWith('😀')).toBe(true);
    });
  });
});
