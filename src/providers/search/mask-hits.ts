import { mapInTurns } from '../../common/event-loop-turn.js';
import type { KeyMask } from '../../common/key-mask.js';
import type { SearchHit } from './contract.js';
import { MAX_ADDRESS_LENGTH } from './select-hits.js';
import { readUrl } from '../../common/read-url.js';

/** Takes a key out of what an engine found. Addresses stay addresses: one that cannot is left out with its hit. */
export async function maskHits(hits: readonly SearchHit[], mask: KeyMask): Promise<SearchHit[]> {
  const masked = await mapInTurns(hits, (hit) => maskHit(hit, mask));
  return masked.filter((hit) => hit !== null);
}

function maskHit(hit: SearchHit, mask: KeyMask): SearchHit | null {
  const url = maskAddress(hit.url, mask);
  if (url === null) return null;
  const { title, snippet, content } = hit;
  return {
    ...hit,
    title: mask.text(title),
    url,
    snippet: mask.text(snippet),
    content: content === null ? null : mask.text(content),
  };
}

/** In the name of a host, where no mask may stand. */
const HOST_MASK = 'key';

function maskAddress(address: string, mask: KeyMask): string | null {
  if (address.length > MAX_ADDRESS_LENGTH) return null;
  const masked = mask.text(address);
  if (masked === address) return address;
  const url = readUrl(masked) ?? readUrl(masked.replaceAll(mask.mask, HOST_MASK));
  if (url === null) return null;
  const { href } = url;
  // Parsing decodes the host and leaves characters out: what it makes is looked at again.
  return mask.text(href) === href ? href : null;
}
