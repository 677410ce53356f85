import { toCsv } from '../../parts/csv';
import { type AuditEvent, endOf } from './event-list';
import type { FetchPage } from './fetch-events';

/** The most events of one file: about 30 MB, which is what the page holds at the most. */
export const MOST_EXPORTED = 100_000;
const PAGE = 200;

/** The columns of a file: the fields of an event, as the API names them. */
const fields = [
  ...(['id', 'at', 'kind', 'outcome', 'provider', 'model', 'keyId', 'keySource', 'chatId'] as const),
  ...([
    'accessTokenId',
    'inputTokens',
    'outputTokens',
    'cachedInputTokens',
    'cacheWriteInputTokens',
  ] as const),
  ...(['timeToFirstTokenMs', 'durationMs', 'detail'] as const),
] as const satisfies readonly (keyof AuditEvent)[];

/** What has been fetched of a file so far: it can go on from there. */
export interface PartOfExport {
  readonly parts: readonly string[];
  readonly count: number;
  readonly after: string | null;
  /** Whether it is all that there is, or that a file may have. */
  readonly isWhole: boolean;
}

export const noExport: PartOfExport = { parts: [toCsv([fields])], count: 0, after: null, isWhole: false };

/**
 * Walks through the pages of the trail, newest first.
 *
 * @param most the most events
 * @param onPart called with what there is after each page
 * @throws what the way to the server threw, or the signal's reason: what there was before can be gone on from
 */
export async function exportEvents(
  fetchPage: FetchPage,
  before: PartOfExport,
  onPart: (part: PartOfExport) => void,
  signal: AbortSignal,
  most = MOST_EXPORTED,
): Promise<void> {
  let part = before;
  while (!part.isWhole) {
    signal.throwIfAborted();
    const first = Math.min(PAGE, most - part.count);
    const page = await fetchPage({ after: part.after, first, isWanted: false, signal });
    signal.throwIfAborted();
    const count = part.count + page.edges.length;
    part = {
      parts: [...part.parts, toCsv(page.edges.map(({ node }) => fields.map((field) => node[field])))],
      count,
      after: endOf(page) ?? part.after,
      isWhole: !page.hasOlder || count >= most,
    };
    onPart(part);
  }
}
