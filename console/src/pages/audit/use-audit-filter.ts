import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { type ChosenFilter, fromAddress, toAddress } from './audit-filter';

/** The filter is in the address: it can be shared, and comes back with a reload. */
export function useAuditFilter(): readonly [ChosenFilter, (change: Partial<ChosenFilter>) => void] {
  const [parameters, setParameters] = useSearchParams();
  const address = parameters.toString();
  const chosen = useMemo(() => fromAddress(new URLSearchParams(address)), [address]);
  const change = useCallback(
    (changed: Partial<ChosenFilter>) =>
      setParameters((before) => toAddress({ ...fromAddress(before), ...changed }, before), { replace: true }),
    [setParameters],
  );
  return [chosen, change];
}
