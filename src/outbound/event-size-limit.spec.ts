import { EventSizeLimit } from './event-size-limit.js';
import { ProviderUnavailableError } from './upstream-error.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);

function feed(maxEventBytes: number, chunks: string[]): () => void {
  const limit = new EventSizeLimit(maxEventBytes);
  return () => {
    for (const chunk of chunks) limit.add(bytes(chunk));
  };
}

describe('EventSizeLimit', () => {
  it.each([
    ['LF', 'data: 12345\n\n'],
    ['CRLF', 'data: 12345\r\n\r\n'],
  ])('lets any number of small events pass (%s)', (_ends, event) => {
    expect(feed(20, Array<string>(1000).fill(event))).not.toThrow();
    expect(feed(20, [event.repeat(1000)])).not.toThrow();
    expect(feed(20, event.repeat(1000).match(/[^]/g) ?? [])).not.toThrow();
  });

  it('stops a line without an end', () => {
    expect(feed(20, ['data: ', 'x'.repeat(10), 'x'.repeat(10)])).toThrow(ProviderUnavailableError);
  });

  it('stops an event of many lines', () => {
    expect(feed(20, Array<string>(10).fill('data: x\n'))).toThrow(ProviderUnavailableError);
  });

  it('stops a large event that arrives whole', () => {
    expect(feed(20, [`data: ${'x'.repeat(30)}`])).toThrow(ProviderUnavailableError);
  });
});
