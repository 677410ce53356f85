import type { PhrasingContent } from 'mdast';

/** Where a paragraph may be cut. */
export interface SentenceEnd {
  /** The end of what comes first, in the source. */
  readonly end: number;
  /** What stands between the two: a space, or nothing. */
  readonly gap: '' | ' ';
}

const CLOSED = /[.!?:;。！？；]["'’”»)\]]*$/;
const WIDE = /[。！？；]/;

/**
 * The last place in a paragraph where it can be cut without what follows having anything to do with what comes first:
 * outside of all markup, that which is open likewise.
 *
 * @param source what the nodes were read from
 * @param from where its own text begins
 * @param isUrgent any space will do, between any two words
 */
export function sentenceEnd(
  nodes: readonly PhrasingContent[],
  source: string,
  from: number,
  isUrgent: boolean,
): SentenceEnd | null {
  const end = nodes.at(-1)?.position?.end.offset ?? 0;
  // The last line may still become the head of a table.
  const lineStart = source.lastIndexOf('\n', end - 1) + 1;
  const until = lineStart - from > end - lineStart ? lineStart : end;
  let found: SentenceEnd | null = null;
  let open = 0;
  for (const { type, position } of nodes) {
    if (type !== 'text') continue;
    const { start, end: stop } = position ?? {};
    for (let at = start?.offset ?? 0; at < Math.min(stop?.offset ?? 0, until); at += 1) {
      const here = source.charAt(at);
      if (here === '\\') at += 1;
      else if (here === '[') open += 1;
      else if (here === ']') open = Math.max(0, open - 1);
      else if (mayOpen(source, at) && !isUrgent) return found;
      if (at <= from || (open > 0 && !isUrgent)) continue;
      const gap = gapAt(source, at, isUrgent);
      if (gap !== null) found = gap;
    }
  }
  return found;
}

/** Whether markup may begin with a character, to end in what has not come yet (CommonMark 0.31, section 6). */
function mayOpen(source: string, at: number): boolean {
  const next = source.charAt(at + 1);
  switch (source.charAt(at)) {
    case '`':
      return true;
    case '<':
      return /[a-z/!?]/i.test(next) || next === '';
    case '*':
    case '~':
      return !/\s/.test(next);
    case '_':
      return !/\s/.test(next) && !/[\p{L}\p{N}]/u.test(source.charAt(at - 1));
    default:
      return false;
  }
}

function gapAt(source: string, at: number, isUrgent: boolean): SentenceEnd | null {
  const [before, here, next] = [source.charAt(at - 1), source.charAt(at), source.charAt(at + 1)];
  if (next === '' || /\s/.test(next)) return null;
  if (here === ' ' && !/[\s\\]/.test(before))
    return isUrgent || CLOSED.test(source.slice(Math.max(0, at - 8), at)) ? { end: at, gap: ' ' } : null;
  return WIDE.test(here) && !/["'’”»)\]*_~`（）」』]/.test(next) ? { end: at + 1, gap: '' } : null;
}
