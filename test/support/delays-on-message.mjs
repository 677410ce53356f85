// Loaded into a server before it starts (`node --import`): reports for how long it held its event loop at most, since
// it was asked the last time, and its memory.
//
// A hold is what the process computed from one turn of the loop to the next, and not what passed meanwhile: while other
// processes have the processor, a loop stands still without a fault of its own.
import { readFileSync } from 'node:fs';

/** Where Linux says how long the thread of the event loop has computed, in nanoseconds: the first number. */
const SCHEDULER = `/proc/self/task/${process.pid}/schedstat`;

let turn = read();
let longestMs = 0;

function measure() {
  const next = read();
  longestMs = Math.max(longestMs, Math.min(next.cpuMs - turn.cpuMs, next.atMs - turn.atMs));
  turn = next;
}

setInterval(measure, 1).unref();

process.on('message', () => {
  measure();
  process.send?.({ longestMs, residentBytes: process.memoryUsage.rss() });
  longestMs = 0;
});
// Only the server keeps its process alive.
process.channel?.unref();

function read() {
  return { atMs: performance.now(), cpuMs: threadMs() };
}

function threadMs() {
  if (process.platform === 'linux') return Number(readFileSync(SCHEDULER, 'utf8').split(' ')[0]) / 1e6;
  // Other threads of the process compute, too.
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
