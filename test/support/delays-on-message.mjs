// Loaded into a server before it starts (`node --import`): tells how long its event loop was held at most, and its memory,
// since it was asked the last time.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

process.on('message', () => {
  process.send?.({ longestMs: delay.max / 1e6, residentBytes: process.memoryUsage.rss() });
  delay.reset();
});
// Only the server keeps its process alive.
process.channel?.unref();
