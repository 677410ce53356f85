import { Button, Paper, TextInput, Title } from '@mantine/core';
import { Download, Search } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { toCsv } from '../../parts/csv';
import { saveFile } from '../../parts/save-file';
import { arrange, csvCells, csvColumns, type Line, type Measure, type Sorting } from './figures';
import { LinesTable } from './lines-table';
import styles from './usage.module.css';

interface BreakdownProps {
  readonly part: 'time' | 'provider' | 'model' | 'key';
  readonly lines: readonly Line[];
  /** Of the columns before the figures: for people, and for programs. */
  readonly headings: readonly string[];
  readonly codes: readonly string[];
  /** The range, for the name of a file. */
  readonly days: string;
  readonly measure: Measure;
  readonly firstSort: Sorting | null;
  readonly chart: ReactNode;
}

/** Figures by one thing: a chart, and a table with all that is in it. */
export function Breakdown(props: BreakdownProps): ReactNode {
  const { part, lines, headings, codes, days, firstSort, chart } = props;
  const t = useTranslations('usage');
  const [words, setWords] = useState('');
  const [sorting, setSorting] = useState<Sorting>(firstSort ?? { by: 'outputTokens', isDescending: true });
  const shown = useMemo(() => arrange(lines, words, sorting), [lines, words, sorting]);
  const save = (): void => {
    const rows = shown.map((line) => [...line.codes, ...csvCells(line.totals)]);
    saveFile(`keystream-usage-by-${part}-${days}.csv`, [toCsv([[...codes, ...csvColumns], ...rows])]);
  };
  return (
    <Paper
      component="section"
      withBorder
      radius="md"
      className={styles.part}
      aria-labelledby={`usage-${part}`}
    >
      <Title order={2} size="h3" id={`usage-${part}`}>
        {t(`parts.${part}`)}
      </Title>
      {chart}
      <div className={styles.tools}>
        <TextInput
          type="search"
          size="sm"
          className={styles.search}
          aria-label={t('search', { part: t(`parts.${part}`) })}
          placeholder={t('searchHint')}
          leftSection={<Search size={16} aria-hidden />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Button
          variant="default"
          leftSection={<Download size={16} aria-hidden />}
          onClick={save}
          aria-label={t('saveOf', { part: t(`parts.${part}`) })}
        >
          {t('save')}
        </Button>
      </div>
      <LinesTable
        caption={t(`captions.${part}`)}
        name={t('tableOf', { part: t(`parts.${part}`) })}
        {...{ headings, lines: shown, sorting, onSort: setSorting }}
      />
    </Paper>
  );
}
