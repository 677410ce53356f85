/**
 * Does the bench's work, and ends the process when all is gone that it started, also where a signal or a failure ends the
 * work early.
 *
 * @param {import('./bench.mjs').Bench} bench
 * @param {() => Promise<void>} work
 * @returns {Promise<void>}
 */
export async function endInOrder(bench, work) {
  let ending = false;
  const end = async (/** @type {number} */ code) => {
    // Ctrl-C comes from the terminal and once more from npm.
    if (ending) return;
    ending = true;
    await bench.end();
    process.exit(code);
  };
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]))
    process.on(signal, () => void end(code));
  try {
    await work();
    await end(0);
  } catch (error) {
    // After a signal, everything that was under way fails.
    if (!ending) bench.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    await end(1);
  }
}
