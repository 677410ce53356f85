import type { SearchHit } from './contract.js';
import { toPlainText } from './plain-text.js';

/** The most characters (UTF-16 code units) of the pages' text, over all results of one search. */
export const MAX_CONTENT_CHARACTERS = 24_000;

/**
 * Makes what any engine found fit to be shown: titles and snippets are plain text, addresses are http or https without
 * credentials and come once, scores lie in 0 to 1, and the pages' text together is no longer than a model can take.
 * The order stays the engine's.
 *
 * @param limit the most results to keep
 */
export function normaliseHits(hits: readonly SearchHit[], limit: number): SearchHit[] {
  const kept = uniqueByAddress(hits).slice(0, limit);
  const contents = shareOut(kept.map(({ content }) => content?.trim() ?? '')).map((text) =>
    text === '' ? null : text,
  );
  return kept.map(({ title, url, snippet, score }, index) => ({
    title: toPlainText(title),
    url,
    snippet: toPlainText(snippet),
    content: contents[index] ?? null,
    score: toScore(score),
  }));
}

function uniqueByAddress(hits: readonly SearchHit[]): SearchHit[] {
  const unique = new Map<string, SearchHit>();
  for (const hit of hits) {
    const url = parseAddress(hit.url);
    if (!url) continue;
    const identity = identityOf(url);
    if (!unique.has(identity)) unique.set(identity, { ...hit, url: url.href });
  }
  return [...unique.values()];
}

function parseAddress(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '' ? url : null;
}

/** Equal for addresses of one page: parsing has already put the host into lower case and left out a usual port. */
function identityOf({ protocol, host, pathname, search }: URL): string {
  const path = pathname.endsWith('/') ? pathname.slice(0, -1) : pathname;
  return `${protocol}//${host}${path}${search}`;
}

function toScore(score: number | null): number | null {
  return score === null || !Number.isFinite(score) ? null : Math.min(1, Math.max(0, score));
}

/** Cuts the longest texts first, so that one long page does not take the room of all others. */
function shareOut(texts: readonly string[]): string[] {
  const shares = [...texts];
  let room = MAX_CONTENT_CHARACTERS;
  const shortestFirst = [...texts.keys()].sort((one, other) => lengthAt(texts, one) - lengthAt(texts, other));
  for (const [done, index] of shortestFirst.entries()) {
    const share = Math.floor(room / (texts.length - done));
    const text = cutAtCodePoint(texts[index] ?? '', share);
    shares[index] = text;
    room -= text.length;
  }
  return shares;
}

function lengthAt(texts: readonly string[], index: number): number {
  return texts[index]?.length ?? 0;
}

function cutAtCodePoint(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const endsInsidePair = /[\ud800-\udbff]/.test(text.charAt(maxLength - 1));
  return text.slice(0, endsInsidePair ? maxLength - 1 : maxLength);
}
