import type { SearchHit } from './contract.js';
import { readUrl } from '../../common/read-url.js';

/** Engines are asked for twenty at most. Of one that sends more without end, no more are looked at. */
export const MAX_LOOKED_AT = 200;
/** What browsers and servers take is shorter; a parser takes any. */
export const MAX_ADDRESS_LENGTH = 16_384;

/**
 * The hits that can be shown: addresses are http or https without credentials and come once, the first time; no more
 * than `limit`. What costs more for each hit is done after this.
 */
export function selectHits(hits: readonly SearchHit[], limit: number): SearchHit[] {
  const unique = new Map<string, SearchHit>();
  for (const hit of hits.slice(0, MAX_LOOKED_AT)) {
    if (unique.size === limit) break;
    const url = parseAddress(hit.url);
    if (!url) continue;
    const identity = identityOf(url);
    if (!unique.has(identity)) unique.set(identity, { ...hit, url: url.href });
  }
  return [...unique.values()];
}

function parseAddress(text: string): URL | null {
  const url = text.length > MAX_ADDRESS_LENGTH ? null : readUrl(text);
  if (url === null) return null;
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '' ? url : null;
}

/** Equal for addresses of one page: parsing has already put the host into lower case and left out a usual port. */
function identityOf({ protocol, host, pathname, search }: URL): string {
  const path = pathname.endsWith('/') ? pathname.slice(0, -1) : pathname;
  return `${protocol}//${host}${path}${search}`;
}
