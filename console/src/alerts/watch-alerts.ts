import { failureOf } from '../server/server-error';
import type { AlertSource } from './alert-feed';
import type { KeyAlert } from './alert-list';

/** A token that may not see alerts is not tried again: that does not change. */
export const isRefused = (error: unknown): boolean => failureOf(error).code === 'FORBIDDEN';

/**
 * Subscribes, and again whenever that ends.
 *
 * @param onAgain called when it has subscribed again
 * @returns what ends it
 */
export function watchAlerts(
  source: AlertSource,
  onAlert: (alert: KeyAlert) => void,
  onAgain: () => void,
): () => void {
  const ended = new AbortController();
  let attempts = 0;
  let stop: () => void = () => undefined;
  const begin = (): void => {
    stop = source.subscribe(
      (alert) => {
        attempts = 0;
        onAlert(alert);
      },
      (error) => {
        if (ended.signal.aborted || isRefused(error)) return;
        void source.wait(attempts, ended.signal).then(() => {
          if (ended.signal.aborted) return;
          begin();
          onAgain();
        });
        attempts += 1;
      },
    );
  };
  begin();
  return () => {
    ended.abort();
    stop();
  };
}
