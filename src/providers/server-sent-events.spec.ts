import { collect, failureOf } from '../../test/support/collect.js';
import { ProviderUnavailableError } from '../outbound/upstream-error.js';
import { readServerSentEvents } from './server-sent-events.js';

const bodyOf = (...chunks: Uint8Array[]): AsyncIterable<Uint8Array> => ReadableStream.from(chunks);

const STREAM =
  ': hello\r\n\r\ndata: {"text":"Grüße 👩‍💻"}\r\n\r\nevent: x\r\nid: 1\r\ndata: two\r\ndata: lines\r\n\r\n';
const EVENTS = ['{"text":"Grüße 👩‍💻"}', 'two\nlines'];

describe('readServerSentEvents', () => {
  const endings: [string, string][] = [
    ['CRLF', STREAM],
    ['LF', STREAM.replaceAll('\r\n', '\n')],
  ];

  it.each(endings)('reads a stream that is cut anywhere (%s)', async (_name, text) => {
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const body = bodyOf(bytes.subarray(0, cut), bytes.subarray(cut));
      expect(await collect(readServerSentEvents(body, 1000))).toEqual(EVENTS);
    }
  });

  it('leaves out an event that was not finished', async () => {
    const body = bodyOf(Buffer.from('data: whole\n\ndata: half\n'));
    expect(await collect(readServerSentEvents(body, 1000))).toEqual(['whole']);
  });

  it.each(['data: ', 'data: x\n'])('stops an event of %j without an end', async (line) => {
    const body = bodyOf(...Array<Buffer>(1000).fill(Buffer.from(line)));
    expect(await failureOf(readServerSentEvents(body, 1000))).toBeInstanceOf(ProviderUnavailableError);
  });
});
