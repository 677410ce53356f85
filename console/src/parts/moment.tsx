import type { ReactNode } from 'react';
import { useFormatter, useNow } from 'use-intl';

/** How often what depends on the time of day is brought up to date. */
export const A_MINUTE_MS = 60_000;

interface MomentProps {
  /** As the API has it. */
  readonly at: string;
  /** Left out: how long ago it was, or is to come. */
  readonly isDate?: boolean;
}

/** A moment: how far away it is, or its date; the whole of it is shown to those who point at it. */
export function Moment({ at, isDate = false }: MomentProps): ReactNode {
  const format = useFormatter();
  const now = useNow({ updateInterval: A_MINUTE_MS });
  const moment = new Date(at);
  const whole = format.dateTime(moment, { dateStyle: 'long', timeStyle: 'short' });
  return (
    <time dateTime={at} title={whole}>
      {isDate
        ? format.dateTime(moment, { dateStyle: 'medium' })
        : format.relativeTime(moment, latest(now, moment))}
    </time>
  );
}

/** The server's clock may be a little ahead: what has just happened is not to come. */
const latest = (now: Date, moment: Date): Date =>
  moment > now && moment.getTime() - now.getTime() < A_MINUTE_MS ? moment : now;
