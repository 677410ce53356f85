import { PatientTimer } from './patient-timer.js';

/**
 * Runs `work` with a signal that aborts with `signal`, and by itself when the time is up ({@link PatientTimer}). Nothing of it outlives the
 * work: neither the timer nor the listener.
 *
 * @param expired makes the reason with which the time's end aborts
 */
export async function withDeadline<Result>(
  milliseconds: number,
  signal: AbortSignal,
  expired: () => Error,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal.reason);
  const timer = new PatientTimer(milliseconds, () => controller.abort(expired()));
  signal.addEventListener('abort', onAbort);
  try {
    return await work(controller.signal);
  } finally {
    timer.stop();
    signal.removeEventListener('abort', onAbort);
  }
}
