import { ProviderUnavailableError } from './upstream-error.js';

/**
 * Reads a body that should be JSON, up to a limit.
 *
 * @throws UpstreamError PROVIDER_UNAVAILABLE for a body that is larger or no JSON; what the body's iteration throws
 */
export async function readJson(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new ProviderUnavailableError();
    chunks.push(chunk);
  }
  return parseJson(Buffer.concat(chunks).toString('utf8'));
}

/**
 * Parses a provider's JSON without letting the parser's message (it quotes the text) go on.
 *
 * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProviderUnavailableError();
  }
}
