import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './table-region.module.css';

interface TableRegionProps {
  readonly name: string;
  /** Whether it is no higher than a part of the window. */
  readonly isLow?: boolean;
  readonly children: ReactNode;
}

/** Scrolls a table that is wider than the window within itself, by the keyboard, too. */
export function TableRegion({ name, isLow = false, children }: TableRegionProps): ReactNode {
  return (
    <div
      role="region"
      aria-label={name}
      tabIndex={0}
      className={`${styles.region} ${isLow ? styles.low : ''}`}
    >
      {children}
    </div>
  );
}

/** The caption of a table in a region: as wide as the region, and in its place while the table scrolls sideways. */
export function RegionCaption({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <Table.Caption>
      <span className={styles.caption}>{children}</span>
    </Table.Caption>
  );
}
