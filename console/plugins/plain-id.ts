import { useId as useReactId } from 'react';

/** In the place of Mantine's hook of the same name ({@link plainIds}). */
export function useId(staticId?: string): string {
  const id = useReactId();
  return staticId ?? id;
}
