import { ServerSentEventParser } from './server-sent-event-parser.js';
import { ProviderUnavailableError } from './upstream-error.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);

function parse(maxEventBytes: number, ...chunks: (string | Uint8Array)[]): [string, string][] {
  const parser = new ServerSentEventParser(maxEventBytes);
  return chunks
    .flatMap((chunk) => parser.feed(typeof chunk === 'string' ? bytes(chunk) : chunk))
    .map(({ type, data }) => [type, data]);
}

const STREAM = [
  ': hello',
  '',
  'data: {"text":"Grüße 👩‍💻"}',
  '',
  'event: x',
  'id: 1',
  'data:two',
  'data: lines',
  '',
  'event: left alone',
  '',
  'data',
  '',
  'data:  end',
  'other: field',
  '',
  '',
].join('\n');
const EVENTS = [
  ['', '{"text":"Grüße 👩‍💻"}'],
  ['x', 'two\nlines'],
  ['', ' end'],
];

describe('ServerSentEventParser', () => {
  describe.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('with %s', (_name, ends) => {
    const stream = bytes(STREAM.replaceAll('\n', ends));

    it('reads a stream that is cut anywhere', () => {
      for (let cut = 0; cut <= stream.length; cut += 1) {
        expect(parse(1000, stream.subarray(0, cut), stream.subarray(cut))).toEqual(EVENTS);
      }
    });

    it('reads a stream that comes byte by byte', () => {
      expect(parse(1000, ...[...stream].map((byte) => Uint8Array.of(byte)))).toEqual(EVENTS);
    });

    it('lets any number of small events pass', () => {
      const event = `data: 12345${ends}${ends}`;
      expect(parse(20, event.repeat(1000))).toHaveLength(1000);
      expect(parse(20, ...(event.repeat(1000).match(/[^]/g) ?? []))).toHaveLength(1000);
    });
  });

  it('takes mixed line ends for what they are', () => {
    expect(parse(1000, 'data: 1\r\n\ndata: 2\n\r\ndata: 3\r\rdata: 4\n\n')).toEqual(
      ['1', '2', '3', '4'].map((data) => ['', data]),
    );
  });

  it('skips a byte order mark, at the beginning and nowhere else', () => {
    expect(parse(1000, '\ufeffdata: 1\n\n\ufeffdata: 2\n\ndata: 3\n\n')).toEqual([
      ['', '1'],
      ['', '3'],
    ]);
  });

  it('leaves out an event that was not finished', () => {
    expect(parse(1000, 'data: whole\n\ndata: half\n')).toEqual([['', 'whole']]);
  });

  it('keeps nothing of what it skips', () => {
    expect(parse(20, ...Array<string>(1000).fill(': comment\nother: field\n\n'))).toEqual([]);
  });

  it.each([
    ['a line without an end', ['data: ', 'x'.repeat(10), 'x'.repeat(10)]],
    ['a comment without an end', [': ', 'x'.repeat(10), 'x'.repeat(10)]],
    ['an event of many lines', Array<string>(20).fill('data: x\n')],
    ['an event of many empty lines', Array<string>(30).fill('data\n')],
    ['a large event that arrives whole', [`data: ${'x'.repeat(30)}\n\n`]],
  ])('stops %s', (_what, chunks) => {
    expect(() => parse(20, ...chunks)).toThrow(ProviderUnavailableError);
  });
});
