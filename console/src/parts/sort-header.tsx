import { Table, UnstyledButton } from '@mantine/core';
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './sort-header.module.css';

export type Direction = 'ascending' | 'descending';

interface SortHeaderProps {
  readonly children: ReactNode;
  /** How the table is sorted by this column; null: it is not. */
  readonly direction: Direction | null;
  readonly isNumber?: boolean;
  readonly onSort: () => void;
}

const icons = { ascending: ArrowUp, descending: ArrowDown };

/** The head of a column by which a table can be sorted. */
export function SortHeader({ children, direction, isNumber = false, onSort }: SortHeaderProps): ReactNode {
  const Icon = direction ? icons[direction] : ChevronsUpDown;
  return (
    <Table.Th scope="col" aria-sort={direction ?? 'none'}>
      <UnstyledButton className={`${styles.button} ${isNumber ? styles.number : ''}`} onClick={onSort}>
        {children}
        <Icon size={14} aria-hidden className={direction ? '' : styles.faint} />
      </UnstyledButton>
    </Table.Th>
  );
}
