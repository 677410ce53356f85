const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** The pauses after the attempts, as Standard Webhooks advises: three days in all. After the last attempt there is none. */
const PAUSES_MS = [
  ...[5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS],
  ...[2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 14 * HOUR_MS, 20 * HOUR_MS, 24 * HOUR_MS],
];

/** The part of a pause by which it may be longer: those that failed together do not come again together. */
const JITTER = 0.2;

/**
 * @param attempts how often it was tried
 * @param random from 0 to 1
 * @returns how long to wait, in milliseconds; null: it is given up
 */
export function pauseAfter(attempts: number, random = Math.random()): number | null {
  const pause = PAUSES_MS[attempts - 1];
  return pause === undefined ? null : Math.round(pause * (1 + JITTER * random));
}
