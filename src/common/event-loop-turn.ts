import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';

/** How long work on what others send may go on in one turn of the event loop, all of it together, in milliseconds. */
const TURN_MS = 10;

let beganAt: number | null = null;
const waiting: (() => void)[] = [];

/**
 * Whether this turn of the event loop has been worked in for long enough. Promises that are settled already are no
 * pause: a loop over them holds up every socket and timer of the process, however often it awaits. So one that goes on
 * for as long as others like awaits this between two of its steps:
 *
 * ```ts
 * const pause = turnIsOver();
 * if (pause) await pause;
 * ```
 *
 * @returns null where the work may go on; else a promise of a later turn, in which sockets and timers have had theirs
 */
export function turnIsOver(): Promise<void> | null {
  return isTurnOver() ? nextTurn() : null;
}

/** Resolves in a later turn of the event loop, when those have gone on that asked before. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    setImmediate(letFirstGoOn);
  });
}

/** One call for each waiting caller, but the first in line goes on: a caller that asks again overtakes none. */
function letFirstGoOn(): void {
  if (isTurnOver()) setImmediate(letFirstGoOn);
  else waiting.shift()?.();
}

/** The same as a question, for synchronous work that stops there: it goes on after {@link nextTurn}. */
export function isTurnOver(): boolean {
  const now = performance.now();
  if (beganAt === null) {
    beganAt = now;
    // Immediates run after the sockets, once a turn.
    setImmediate(() => (beganAt = null));
  }
  return now - beganAt >= TURN_MS;
}

/** Items of a list that are shown in one turn: a few thousand fields at most. */
const ITEMS_A_TURN = 200;

/**
 * The same items, so many in each turn of the event loop: for a long list that is worked on item by item as they come.
 *
 * @returns a promise for each item of a list that is longer than one turn's
 */
export function inTurns<Item>(items: readonly Item[]): readonly (Item | Promise<Item>)[] {
  if (items.length <= ITEMS_A_TURN) return items;
  let turn = Promise.resolve();
  return items.map((item, index) => {
    if (index > 0 && index % ITEMS_A_TURN === 0) turn = turn.then(nextTurn);
    return turn.then(() => item);
  });
}

/** Maps items, and gives the event loop back whenever {@link turnIsOver}: for items that take long. */
export async function mapInTurns<Item, Result>(
  items: readonly Item[],
  map: (item: Item, index: number) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const [index, item] of items.entries()) {
    const pause = turnIsOver();
    if (pause) await pause;
    results.push(map(item, index));
  }
  return results;
}
