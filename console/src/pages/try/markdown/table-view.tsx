import { memo, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Inside } from './block-view';
import styles from './markdown.module.css';
import type { Alignment, Shown } from './shown';

/** What a column has at least. */
const COLUMN_REM = 7;

interface TableViewProps {
  readonly shown: Shown;
  readonly align: readonly Alignment[];
}

/** A table, in a region of its own that scrolls sideways where it is wide. */
export function TableView({ shown, align }: TableViewProps): ReactNode {
  const t = useTranslations('try');
  const head = shown.groups[0]?.[0];
  return (
    <div className={styles.table} tabIndex={0} role="region" aria-label={t('table')}>
      <table style={{ minWidth: `${align.length * COLUMN_REM}rem` }}>
        <thead>{head && <RowView row={head} align={align} isHead />}</thead>
        <tbody>
          {shown.groups.map((group, at) => (
            <RowGroup key={at} group={group} align={align} isFirst={at === 0} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowGroupProps {
  readonly group: readonly Shown[];
  readonly align: readonly Alignment[];
  readonly isFirst: boolean;
}

const RowGroup = memo(({ group, align, isFirst }: RowGroupProps): ReactNode =>
  group.map((row, at) => (isFirst && at === 0 ? null : <RowView key={at} row={row} align={align} />)),
);
RowGroup.displayName = 'RowGroup';

interface RowViewProps {
  readonly row: Shown;
  readonly align: readonly Alignment[];
  readonly isHead?: boolean;
}

const RowView = memo(({ row, align, isHead = false }: RowViewProps): ReactNode => {
  const Cell = isHead ? 'th' : 'td';
  return (
    <tr>
      {row.groups.flat().map((cell, at) => (
        <Cell key={at} data-align={align[at] ?? undefined}>
          <Inside of={cell} />
        </Cell>
      ))}
    </tr>
  );
});
RowView.displayName = 'RowView';
