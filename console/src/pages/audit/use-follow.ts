import { useEffect, useState } from 'react';
import { follow } from './follow';
import type { TrailView } from './trail-view';

/** What following has brought. */
export interface News {
  /** How many events came last; 0: none yet. */
  readonly count: number;
  readonly ids: ReadonlySet<string>;
  /** After a failure: how long it waits, in milliseconds. */
  readonly waitMs: number | null;
}

const noNews: News = { count: 0, ids: new Set(), waitMs: null };

/** @param hold called before new events are shown */
export function useFollow(view: TrailView, isOn: boolean, hold: () => void): News {
  const [news, setNews] = useState<{ readonly of: TrailView; readonly news: News } | null>(null);
  useEffect(() => {
    if (!isOn) return;
    const set = (change: (before: News) => News): void =>
      setNews((before) => ({ of: view, news: change(before?.of === view ? before.news : noNews) }));
    const look = (signal: AbortSignal): Promise<void> =>
      view.look(signal, (added) => {
        hold();
        const ids = new Set(added.map(({ node }) => node.id));
        set((before) => ({ ...before, count: added.length, ids }));
      });
    return follow(look, (waitMs) => set((before) => ({ ...before, waitMs })));
  }, [view, isOn, hold]);
  return isOn && news?.of === view ? news.news : noNews;
}
