/** How often the clock looks whether the event loop goes round, in milliseconds. */
const TICK_MS = 25;
/** What one turn of the event loop counts for at the most, in milliseconds. */
const LONGEST_TURN_MS = 50;

let skippedMs = 0;
let tickedAt = 0;
let keepers = 0;
let ticking: NodeJS.Timeout | undefined;

/**
 * Milliseconds of a clock for waiting for others: it never goes back, and it nearly stands still while the event loop is
 * held up. What others send then waits unread in their sockets, so they were not silent for that time.
 *
 * A turn of the event loop counts for {@link LONGEST_TURN_MS} at the most. So a limit timed by this clock also ends
 * on a server that is never at rest: a second is twenty turns at the least, with twenty looks at the sockets.
 *
 * It leaves out blocked time only while a caller {@link keepLoopTime keeps} it.
 */
export function loopNow(): number {
  return performance.now() - skippedMs - (ticking ? excessMs() : 0);
}

/** Keeps the clock until the function that it returns is called. */
export function keepLoopTime(): () => void {
  keepers += 1;
  if (!isTicking()) {
    if (ticking) tick();
    clearInterval(ticking);
    tickedAt = performance.now();
    ticking = setInterval(tick, TICK_MS).unref();
  }
  let isKept = true;
  return () => {
    if (!isKept) return;
    isKept = false;
    keepers -= 1;
    if (keepers > 0) return;
    tick();
    clearInterval(ticking);
    ticking = undefined;
  };
}

/** Not where it is late, nor where it was begun on a clock that is gone: tests put others in its place. */
function isTicking(): boolean {
  const elapsedMs = performance.now() - tickedAt;
  return ticking !== undefined && elapsedMs >= 0 && elapsedMs <= LONGEST_TURN_MS;
}

function tick(): void {
  skippedMs += excessMs();
  tickedAt = performance.now();
}

const excessMs = (): number => Math.max(0, performance.now() - tickedAt - LONGEST_TURN_MS);
