/** How much of the processor the work took, in milliseconds: as much on a machine that is busy with other things. */
export function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** How long a promise takes, in milliseconds of the clock. */
export async function clockMs(work: Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work;
  return performance.now() - begun;
}

/**
 * The shortest of several attempts, in milliseconds; no more are made than it takes to stay within the limit. What is
 * slow by itself is so each time, and a machine that is busy with other things is not.
 */
export async function bestOf(
  attempts: number,
  limitMs: number,
  attempt: () => Promise<number>,
): Promise<number> {
  let best = Infinity;
  for (let count = 0; count < attempts && best >= limitMs; count += 1) best = Math.min(best, await attempt());
  return best;
}
