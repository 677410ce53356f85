import { PatientTimer } from '../common/patient-timer.js';

/**
 * The operation's result, or the error that `onExpiry` makes when it has taken longer than `milliseconds`, which count the
 * other side's time and not the event loop's ({@link PatientTimer}). What the operation does later is of no consequence
 * then, a failure neither.
 */
export async function withTimeLimit<T>(
  milliseconds: number,
  operation: () => Promise<T>,
  onExpiry: () => Error,
): Promise<T> {
  let timer: PatientTimer | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = new PatientTimer(milliseconds, () => reject(onExpiry()));
  });
  try {
    return await Promise.race([operation(), expiry]);
  } finally {
    timer?.stop();
  }
}
