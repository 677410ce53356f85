import { turnIsOver } from '../common/event-loop-turn.js';
import { isHarmless, JsonBounds } from './json-bounds.js';
import { ProviderUnavailableError } from './upstream-error.js';

/**
 * Reads a body that should be JSON, up to a limit.
 *
 * @throws UpstreamError PROVIDER_UNAVAILABLE for a body that is larger, no JSON, or more than a parser should be given
 * ({@link JsonBounds}); what the body's iteration throws
 */
export async function readJson(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<unknown> {
  const decoder = new TextDecoder();
  const bounds = new JsonBounds();
  const pieces: string[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new ProviderUnavailableError();
    const piece = decoder.decode(chunk, { stream: true });
    bounds.add(piece);
    pieces.push(piece);
  }
  pieces.push(decoder.decode());
  const pause = turnIsOver();
  if (pause) await pause;
  return parse(pieces.join(''));
}

/**
 * Parses a provider's JSON without letting the parser's message (it quotes the text) go on.
 *
 * @throws ProviderUnavailableError PROVIDER_UNAVAILABLE, also for more than a parser should be given ({@link JsonBounds})
 */
export function parseJson(text: string): unknown {
  if (!isHarmless(text)) new JsonBounds().add(text);
  return parse(text);
}

/** The same for a text that need not be JSON: null where it is none, or more than a parser should be given. */
export function parseOrNull(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProviderUnavailableError();
  }
}
