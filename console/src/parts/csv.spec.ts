import { toCsv } from './csv';

describe('toCsv', () => {
  it('ends each row with CRLF, the last one, too', () => {
    expect(
      toCsv([
        ['model', 'chats'],
        ['gpt', 3],
      ]),
    ).toBe('model,chats\r\ngpt,3\r\n');
    expect(toCsv([])).toBe('');
  });

  it.each([
    ['a comma', 'a,b', '"a,b"'],
    ['a quote', 'say "yes"', '"say ""yes"""'],
    ['a line break', 'a\nb', '"a\nb"'],
    ['a carriage return', 'a\rb', '"a\rb"'],
    ['nothing of it', "it's plain; really", "it's plain; really"],
  ])('quotes what RFC 4180 wants quoted: %s', (_, text, field) => {
    expect(toCsv([[text]])).toBe(`${field}\r\n`);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '＝1'])('leaves no formula: %j', (text) => {
    const [, quoted = ''] = /^"?([^]*?)"?\r\n$/.exec(toCsv([[text]])) ?? [];
    expect(quoted).toBe(`'${text}`);
  });

  it('quotes a formula that is made harmless where it has to be', () => {
    expect(toCsv([['=HYPERLINK("http://example.com","x")']])).toBe(
      '"\'=HYPERLINK(""http://example.com"",""x"")"\r\n',
    );
  });

  it('writes numbers as they are, and nothing for null', () => {
    expect(toCsv([[-1, 0.5, null, '']])).toBe('-1,0.5,,\r\n');
  });
});
