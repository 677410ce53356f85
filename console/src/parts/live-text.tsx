import type { ReactNode } from 'react';

interface LiveTextProps {
  /** Another one each time that it is said. */
  readonly id: string | number;
  readonly children: ReactNode;
}

/** The words of a live region. It is read where something in it is new: the same words, said again, have a node of their own. */
export function LiveText({ id, children }: LiveTextProps): ReactNode {
  return <span key={id}>{children}</span>;
}
