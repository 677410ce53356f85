import { readJson } from './read-json.js';
import { ProviderUnavailableError } from './upstream-error.js';

async function* body(...chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk, 'latin1');
}

describe('readJson', () => {
  it('reads JSON whose characters are cut', async () => {
    const utf8 = Buffer.from('{"word":"größe"}').toString('latin1');
    await expect(readJson(body(...utf8), 100)).resolves.toEqual({ word: 'größe' });
  });

  it('takes text that is no JSON for an outage, and does not quote it', async () => {
    const failure = readJson(body('<html>sk-key'), 100);
    await expect(failure).rejects.toThrow(ProviderUnavailableError);
    await expect(failure).rejects.not.toThrow('sk-key');
  });

  it('stops at the limit and leaves the body', async () => {
    let left = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.alloc(10, ' ');
      } finally {
        left = true;
      }
    }
    await expect(readJson(endless(), 95)).rejects.toThrow(ProviderUnavailableError);
    expect(left).toBe(true);
  });
});
