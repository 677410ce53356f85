import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import type { UsageBucketSize } from '../../generated/usage';
import { type Measure, measures } from './figures';
import { type ChosenRange, type RangeName, ranges } from './range';

/** What the page shows. The address has it, so that it can be shared and comes back with a reload. */
export interface UsageView {
  readonly chosen: ChosenRange;
  readonly measure: Measure;
  /** @param change by the names in the address; an empty text takes one out of it */
  readonly show: (change: Partial<Record<Parameter, string>>) => void;
}

type Parameter = 'range' | 'first' | 'last' | 'bucket' | 'measure';

/** @returns what is one of those; else null */
const among = <Name extends string>(names: readonly Name[], name: string | null): Name | null =>
  names.find((each) => each === name) ?? null;

export function useUsageView(): UsageView {
  const [parameters, setParameters] = useSearchParams();
  const show = useCallback(
    (change: Partial<Record<Parameter, string>>) =>
      setParameters(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(change)) {
            if (value === '') after.delete(name);
            else after.set(name, value);
          }
          return after;
        },
        { replace: true },
      ),
    [setParameters],
  );
  return useMemo(
    () => ({
      chosen: {
        name: among(Object.keys(ranges) as RangeName[], parameters.get('range')) ?? '30d',
        firstDay: parameters.get('first') ?? '',
        lastDay: parameters.get('last') ?? '',
        bucket: among<UsageBucketSize>(['HOUR', 'DAY'], parameters.get('bucket')),
      },
      measure: among(measures, parameters.get('measure')) ?? 'tokens',
      show,
    }),
    [parameters, show],
  );
}
