import { Button, Table, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { handOnAround } from '../../parts/hand-on';
import { SortHeader } from '../../parts/sort-header';
import { RegionCaption, TableRegion } from '../../parts/table-region';
import { useMoney } from '../../parts/use-money';
import { type Column, columns, type Line, type Sorting, type Totals } from './figures';
import styles from './usage.module.css';

/** Lines that are shown at first. */
const FIRST = 100;

interface LinesTableProps {
  readonly caption: string;
  readonly name: string;
  readonly headings: readonly string[];
  readonly lines: readonly Line[];
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
}

/** Lines of figures, in the order that they come in. */
export function LinesTable({ caption, name, headings, lines, sorting, onSort }: LinesTableProps): ReactNode {
  const t = useTranslations('usage');
  const [hasAll, setAll] = useState(false);
  const header = (by: Sorting['by'], words: string): ReactNode => {
    const isNumber = typeof by === 'string';
    const isSorted = sorting.by === by;
    return (
      <SortHeader
        key={by}
        isNumber={isNumber}
        direction={isSorted ? (sorting.isDescending ? 'descending' : 'ascending') : null}
        onSort={() => onSort({ by, isDescending: isSorted ? !sorting.isDescending : isNumber })}
      >
        {words}
      </SortHeader>
    );
  };
  return (
    <>
      <TableRegion name={name} isLow>
        <Table className={styles.table} verticalSpacing="xs" captionSide="bottom">
          <RegionCaption>{caption}</RegionCaption>
          <Table.Thead>
            <Table.Tr>
              {headings.map((heading, index) => header(index, heading))}
              {columns.map((column) => header(column, t(`columns.${column}`)))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(hasAll ? lines : lines.slice(0, FIRST)).map((line) => (
              <LineRow key={line.id} line={line} />
            ))}
          </Table.Tbody>
        </Table>
      </TableRegion>
      {lines.length === 0 && (
        <Text size="sm" c="dimmed" role="status">
          {t('noLine')}
        </Text>
      )}
      {!hasAll && lines.length > FIRST && (
        <Button variant="subtle" ref={handOnAround} onClick={() => setAll(true)}>
          {t('showAll', { count: lines.length })}
        </Button>
      )}
    </>
  );
}

function LineRow({ line: { names, totals } }: { readonly line: Line }): ReactNode {
  const [first, ...others] = names;
  return (
    <Table.Tr>
      <Table.Th scope="row" className={styles.name}>
        {first}
      </Table.Th>
      {others.map((name, index) => (
        <Table.Td key={index}>{name}</Table.Td>
      ))}
      {columns.map((column) => (
        <Table.Td key={column} className={styles.number}>
          <Figure totals={totals} column={column} />
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

function Figure({ totals, column }: { readonly totals: Totals; readonly column: Column }): ReactNode {
  const format = useFormatter();
  const money = useMoney();
  if (column !== 'cost') return format.number(totals[column]);
  return totals.cost ? money(totals.cost) : '–';
}
