// Loaded into every process that the bench starts (`node --import`). It ends the process when the bench has ended, and
// says on request how late the event loop was and how much memory is held. Until it is asked it does nothing, so that it
// costs nothing of what is measured.
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the loop is looked at, in milliseconds; a delay below that does not show. */
const RESOLUTION_MS = 1;
const NANOSECONDS = 1e6;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

process.on('message', (request) => {
  if (request === 'watch') {
    delay.enable();
    delay.reset();
  }
  // With --expose-gc: garbage is no need of memory. The first collection may leave what has a finalizer.
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send?.({
    delayP99Ms: delay.percentile(99) / NANOSECONDS,
    longestStallMs: delay.max / NANOSECONDS,
    residentBytes: rss,
    heapBytes: heapUsed + external,
  });
  if (request === 'report') delay.reset();
});
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// Only the server keeps its process alive.
process.channel?.unref();
