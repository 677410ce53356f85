import { mapInTurns } from '../../common/event-loop-turn.js';
import type { SearchHit, TextFormat } from './contract.js';
import { toPlainText } from './plain-text.js';
import { selectHits } from './select-hits.js';

/** The most characters (UTF-16 code units) of the pages' text, over all results of one search. */
export const MAX_CONTENT_CHARACTERS = 24_000;

/**
 * Makes what any engine found fit to be shown: titles and snippets are plain text, addresses are http or https without
 * credentials and come once, scores lie in 0 to 1, and the pages' text together is no longer than a model can take.
 * The order stays the engine's.
 *
 * @param limit the most results to keep
 * @param textFormat what the titles and snippets are written in
 */
export async function normaliseHits(
  hits: readonly SearchHit[],
  limit: number,
  textFormat: TextFormat,
): Promise<SearchHit[]> {
  const kept = selectHits(hits, limit);
  const contents = shareOut(kept.map(({ content }) => content?.trim() ?? '')).map((text) =>
    text === '' ? null : text,
  );
  return mapInTurns(kept, ({ title, url, snippet, score }, index) => ({
    title: toPlainText(title, textFormat),
    url,
    snippet: toPlainText(snippet, textFormat),
    content: contents[index] ?? null,
    score: toScore(score),
  }));
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
