import type { ReactNode } from 'react';

interface PictureProps {
  /** What it is a picture of, for those who do not see it. */
  readonly name: string;
  /** Left out: it is not drawn yet. */
  readonly children?: ReactNode;
}

/** A chart is one picture with a name: the table below has all that is in it. */
export const Picture = ({ name, children }: PictureProps): ReactNode => (
  <div role="img" aria-label={name}>
    {children}
  </div>
);
