import { readJson } from './read-json.js';
import { ProviderUnavailableError } from './upstream-error.js';

function body(...chunks: string[]): AsyncIterable<Uint8Array> {
  return ReadableStream.from(chunks.map((chunk) => Buffer.from(chunk, 'latin1')));
}

describe('readJson', () => {
  it('reads JSON whose characters are cut', async () => {
    const utf8 = Buffer.from('{"word":"größe"}').toString('latin1');
    await expect(readJson(body(...utf8.split(/(?=[^])/)), 100)).resolves.toEqual({ word: 'größe' });
  });

  it('takes text that is no JSON for an outage, and does not quote it', async () => {
    const failure = readJson(body('<html>sk-key'), 100);
    await expect(failure).rejects.toThrow(ProviderUnavailableError);
    await expect(failure).rejects.not.toThrow('sk-key');
  });

  it('stops at the limit and leaves the body', async () => {
    let isLeft = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(Buffer.alloc(10, ' ')),
      cancel: () => void (isLeft = true),
    });
    await expect(readJson(endless, 95)).rejects.toThrow(ProviderUnavailableError);
    expect(isLeft).toBe(true);
  });
});
