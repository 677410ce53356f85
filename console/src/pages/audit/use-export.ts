import { useEffect, useRef, useState } from 'react';
import { saveFile } from '../../parts/save-file';
import type { ChosenFilter } from './audit-filter';
import { exportEvents, noExport, type PartOfExport } from './export-events';
import type { FetchPage } from './fetch-events';

type State = 'idle' | 'running' | 'saved' | 'stopped' | 'failed';

interface Export {
  readonly state: State;
  /** Events so far. */
  readonly count: number;
  readonly error: unknown;
  readonly start: () => void;
  /** After a failure: from where it ended. */
  readonly goOn: () => void;
  readonly stop: () => void;
}

const idle = { state: 'idle', count: 0, error: null } as const;

/** Walks through the pages of the trail, and saves them. What was fetched is held until it is saved or given up. */
export function useExport(fetchPage: FetchPage, chosen: ChosenFilter): Export {
  const [{ state, count, error }, setState] = useState<Pick<Export, 'state' | 'count' | 'error'>>(idle);
  const part = useRef<PartOfExport>(noExport);
  const stopping = useRef<AbortController>(null);

  // A page that is left, or another filter, gives it up: of what has failed there is nothing to go on from, then.
  useEffect(
    () => () => {
      stopping.current?.abort();
      part.current = noExport;
      setState((before) => (before.state === 'failed' ? idle : before));
    },
    [fetchPage],
  );

  async function run(): Promise<void> {
    const { signal } = (stopping.current = new AbortController());
    const set = (next: State, reason: unknown = null): void =>
      setState({ state: next, count: part.current.count, error: reason });
    set('running');
    try {
      const onPart = (now: PartOfExport): void => {
        part.current = now;
        set('running');
      };
      await exportEvents(fetchPage, part.current, onPart, signal);
      saveFile(`keystream-audit-${rangeOf(chosen)}.csv`, [...part.current.parts]);
      set('saved');
      part.current = noExport;
    } catch (reason) {
      if (signal.aborted) {
        part.current = noExport;
        set('stopped');
      } else set('failed', reason);
    }
  }

  return {
    ...{ state, count, error },
    start: () => {
      part.current = noExport;
      void run();
    },
    goOn: () => void run(),
    stop: () => stopping.current?.abort(),
  };
}

/** Of which time it is, for the name of a file. */
function rangeOf({ from, to }: ChosenFilter): string {
  const day = (moment: string): string => moment.slice(0, 10);
  const last = day(to === '' ? new Date().toISOString() : to);
  return from === '' ? `until-${last}` : `${day(from)}-to-${last}`;
}
