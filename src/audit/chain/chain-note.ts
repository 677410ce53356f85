import type { Head } from './link.js';

/** What the register says of the other chains, or, without a writer, what ends a chain. */
export type ChainNote =
  /** The rows from before there were MACs: how many, the last of them, since when they are kept, and a hash over all. */
  | {
      readonly type: 'BEFORE';
      readonly rows: number;
      readonly lastId: string | null;
      /** Null: from the beginning. */
      readonly from: string | null;
      readonly digest: string;
    }
  /** A process began a chain. @property server who it is for the others, as long as it lives */
  | { readonly type: 'OPENED'; readonly writer: string; readonly server: string }
  /** The chain has no more links than these. */
  | ({ readonly type: 'CLOSED'; readonly writer: string } & Head)
  /** What the chain had up to this link, and its rows, were removed when their time had come. */
  | ({ readonly type: 'CUT'; readonly writer: string } & Head)
  /** The last link of a chain other than the register. */
  | { readonly type: 'END' };

export const formatNote = (note: ChainNote): string => JSON.stringify(note);

/** @returns null for what is none: the chain's hash says whether somebody wrote that */
export function parseNote(text: string): ChainNote | null {
  try {
    const note = JSON.parse(text) as ChainNote | null;
    return typeof note === 'object' && note !== null && typeof note.type === 'string' ? note : null;
  } catch {
    return null;
  }
}
