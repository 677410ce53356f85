import { processorMs } from '../../test/support/timing.js';
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
  ['', ''],
  ['', ' end'],
];

describe('ServerSentEventParser', () => {
  // Of the processor: what grows with the square of the length takes many times as long.
  it.each(['\r', '\n', '\r\n'])('reads very many lines in one chunk that end with %j', (end) => {
    const chunk = bytes(end.repeat(1_000_000) + 'ü');
    expect(processorMs(() => parse(1_000, chunk))).toBeLessThan(2_000);
  });

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
    expect(parse(1000, 'data: whole\n\ndata: half')).toEqual([['', 'whole']]);
  });

  it('ends a line at a return at once, before the next byte', () => {
    expect(parse(1000, 'data: 1\r\r')).toEqual([['', '1']]);
    expect(parse(1000, 'data: 1\r', '\n', '\r', '\ndata: 2\r\n\r\n')).toEqual([
      ['', '1'],
      ['', '2'],
    ]);
  });

  /** https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
  describe('keeps the rules of the standard:', () => {
    it.each<[string, string, [string, string][]]>([
      ['its first example', 'data: YHOO\ndata: +2\ndata: 10\n\n', [['', 'YHOO\n+2\n10']]],
      [
        'its second example',
        ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event',
        [
          ['', 'first event'],
          ['', 'second event'],
        ],
      ],
      [
        'its third example',
        'data\n\ndata\ndata\n\ndata:',
        [
          ['', ''],
          ['', '\n'],
        ],
      ],
      [
        'its fourth example',
        'data:test\n\ndata: test\n\n',
        [
          ['', 'test'],
          ['', 'test'],
        ],
      ],
      ['an event without data is none, and its name is forgotten', 'event: a\n\ndata: 1\n\n', [['', '1']]],
      ['the last name counts', 'event: a\nevent: b\ndata: 1\n\n', [['b', '1']]],
      ['an empty name is none', 'event: a\nevent\ndata: 1\n\n', [['', '1']]],
      ['a name may come after the data', 'data: 1\nevent: a\n\n', [['a', '1']]],
      [
        'one space is left out, and no more',
        'data:  1 \n\ndata:\t1\n\n',
        [
          ['', ' 1 '],
          ['', '\t1'],
        ],
      ],
      ['all but the first colon belongs to the value', 'data: a: b\n\n', [['', 'a: b']]],
      ['names of fields are case-sensitive', 'Data: 1\nDATA: 2\ndata : 3\n data: 4\n\n', []],
      ['names of fields are whole', 'dat: 1\ndatum: 2\ndata2: 3\nevents: 4\n\n', []],
      [
        'ids, also with a null in them, and times to wait',
        'id: a\u0000b\nid\nretry: 1\nretry: x\ndata: 1\n\n',
        [['', '1']],
      ],
      ['a null in the data', 'data: a\u0000b\n\n', [['', 'a\u0000b']]],
      ['comments', ':\n::\n: data: 1\n:data\ndata: 1\n:\n\n', [['', '1']]],
      ['a line that is only a byte order mark', '\ufeff\ndata: 1\n\n', [['', '1']]],
      [
        'one byte order mark is left out, and no more',
        '\ufeff\ufeffdata: 1\n\ndata: \ufeff2\n\n',
        [['', '\ufeff2']],
      ],
      ['other ends of lines are none', 'data: a\u2028b\u0085c\vd\n\n', [['', 'a\u2028b\u0085c\vd']]],
    ])('%s', (_rule, stream, events) => {
      expect(parse(1000, stream)).toEqual(events);
      expect(parse(1000, ...[...bytes(stream)].map((byte) => Uint8Array.of(byte)))).toEqual(events);
    });

    it('bytes that are no UTF-8 become U+FFFD', () => {
      const stream = Buffer.concat([
        bytes('data: a'),
        Buffer.of(0xc3),
        bytes('\ndata: '),
        Buffer.of(0xff),
        bytes('\n\n'),
      ]);
      expect(parse(1000, stream)).toEqual([['', 'a\ufffd\n\ufffd']]);
    });
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

describe('JSON in a stream of events', () => {
  const ERROR = '{"error":{"code":7,"message":"a } in \\"it"}}';
  const PRETTY = JSON.stringify([JSON.parse(ERROR)], null, 2);
  const EVENT = 'data: {"n":1}\n\n';

  /** All that is found, stray JSON parsed behind a mark. */
  function read(size: number, text: string): unknown[] {
    const parser = new ServerSentEventParser(1_000_000);
    const all = bytes(text);
    const events = [];
    for (let at = 0; at < all.length; at += size) events.push(...parser.feed(all.subarray(at, at + size)));
    events.push(...parser.end());
    return events.map(({ data, isStray }) => [isStray ? 'stray' : 'event', JSON.parse(data)]);
  }

  const event = ['event', { n: 1 }];
  const stray = ['stray', JSON.parse(ERROR)];
  const list = ['stray', [JSON.parse(ERROR)]];

  it.each([
    ['alone', ERROR, [stray]],
    ['with an end of line', `${ERROR}\r\n`, [stray]],
    ['behind a mark and spaces', `\uFEFF  ${ERROR}`, [stray]],
    ['on many lines', PRETTY, [list]],
    ['on many lines with other ends', PRETTY.replaceAll('\n', '\r\n'), [list]],
    ['with blank lines in it', PRETTY.replaceAll('\n', '\n\n'), [list]],
    ['before events', `${ERROR}\n${EVENT}`, [stray, event]],
    ['behind events', `${EVENT}${PRETTY}\n`, [event, list]],
    ['between events', `${EVENT}${ERROR}\n\n${EVENT}`, [event, stray, event]],
    ['behind other lines', `<html>\nretry: 5\n: x\n${ERROR}`, [stray]],
    ['as an event without its end', `${EVENT}event: error\ndata: ${ERROR}`, [event, stray]],
    ['as the event that one line has ended', `${EVENT}data: ${ERROR}\n`, [event, stray]],
  ])('is found %s', (_name, text, found) => {
    for (const size of [1, 7, 100_000]) expect(read(size, text)).toEqual(found);
  });

  it.each([
    ['is cut by an event', `{"error":\n${EVENT}"x"}`, [event]],
    ['does not end', `${EVENT}{"error":{"a":[`, [event]],
    ['is too long', `{"error":"${'x'.repeat(70_000)}"}\n${EVENT}`, [event]],
    ['is too deep', `${'['.repeat(1000)}\n${EVENT}`, [event]],
    ['is a text', `"error"\n${EVENT}`, [event]],
    ['is the value of an unknown field', `error: ${ERROR}\n${EVENT}`, [event]],
  ])('is none where it %s', (_name, text, found) => {
    for (const size of [1, 7, 100_000]) expect(read(size, text)).toEqual(found);
  });

  it('is found again behind some that was too long, or no end of brackets', () => {
    expect(read(1000, `${'['.repeat(1000)}\n${ERROR}`)).toEqual([stray]);
    expect(read(1000, `{"a":"${'x'.repeat(70_000)}"}\n${ERROR}`)).toEqual([stray]);
  });

  it.each([
    ['', false],
    [EVENT, false],
    [`${EVENT}\n\n  `, false],
    [`${EVENT}: comment`, false],
    [`${EVENT}data: [DONE]`, false],
    [`${EVENT}data: [DONE]\n`, false],
    [`${EVENT}da`, true],
    [`${EVENT}data:`, true],
    [`${EVENT}event: x`, true],
    [`${EVENT}data: {"n":`, true],
    [`${EVENT}data: 1\n`, true],
    [`${EVENT}data: 1\n: comment`, true],
    [`${EVENT}{"error":`, true],
  ])('knows whether the end of %j has cut an event', (text, isCut) => {
    const parser = new ServerSentEventParser(1000);
    parser.feed(bytes(text));
    expect(parser.isCut).toBe(false);
    parser.end();
    expect(parser.isCut).toBe(isCut);
  });

  it('reports whether there was nothing but lines of something else', () => {
    const parser = new ServerSentEventParser(1000);
    parser.feed(bytes(': comment\nevent: x\nid: 7\nretry: 5\ndata: 1\n\nid\n'));
    expect(parser.isForeign).toBe(false);
    parser.feed(bytes('<html>\n'));
    expect(parser.isForeign).toBe(false);
    const other = new ServerSentEventParser(1000);
    other.feed(bytes(': comment\n\n<html>\n'));
    expect(other.isForeign).toBe(true);
  });
});
