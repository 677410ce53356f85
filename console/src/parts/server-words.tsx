import type { ReactNode } from 'react';

/** What the server says in its own words, which are English: screen readers of other languages read them as that. */
export function ServerWords({ children }: { readonly children: string }): ReactNode {
  return <span lang="en">{children}</span>;
}
