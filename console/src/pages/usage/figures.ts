import type { CsvCell } from '../../parts/csv';
import type { TotalsPartsFragment } from '../../generated/usage';

export type Totals = TotalsPartsFragment;

/** What charts are of. */
export const measures = ['tokens', 'cost', 'requests', 'failures'] as const;
export type Measure = (typeof measures)[number];

/** The parts of a measure that stand upon each other in a chart. */
export const seriesOf = {
  tokens: ['inputTokens', 'outputTokens'],
  cost: ['cost'],
  requests: ['chats', 'searches'],
  failures: ['failures'],
} as const satisfies Record<Measure, readonly Column[]>;

/** The columns of figures, in the order of tables. */
export const columns = [
  ...([
    'chats',
    'searches',
    'failures',
    'inputTokens',
    'cachedInputTokens',
    'cacheWriteInputTokens',
  ] as const),
  ...(['outputTokens', 'cost', 'unpricedChats'] as const),
] as const;
export type Column = (typeof columns)[number];

/** A column as a number, to draw and to sort. */
export const valueOf = (totals: Totals, column: Column): number =>
  column === 'cost' ? Number(totals.cost?.amount ?? 0) : totals[column];

export const measured = (totals: Totals, measure: Measure): number =>
  seriesOf[measure].reduce((sum, column) => sum + valueOf(totals, column), 0);

export const isUsed = ({ chats, searches }: Totals): boolean => chats + searches > 0;

/** A line of figures: of a provider, a model, a key or a time. */
export interface Line {
  readonly id: string;
  /** What it is of, a text for each column before the figures. */
  readonly names: readonly string[];
  /** The same for programs, where it is another. */
  readonly codes: readonly CsvCell[];
  /** The name in a chart. */
  readonly label: string;
  /** What names are sorted by, where it is not themselves. */
  readonly order?: readonly string[];
  readonly totals: Totals;
}

export interface Sorting {
  /** The number of a column of names, or one of figures. */
  readonly by: number | Column;
  readonly isDescending: boolean;
}

/** @param words those that a line's names have to have, each of them, in any case */
export function arrange(
  lines: readonly Line[],
  words: string,
  { by, isDescending }: Sorting,
): readonly Line[] {
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = lines.filter(({ names }) => {
    const text = names.join(' ').toLocaleLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  const sign = isDescending ? -1 : 1;
  return found.sort((a, b) => sign * compare(a, b, by));
}

function compare(a: Line, b: Line, by: number | Column): number {
  if (typeof by === 'number') return orderOf(a, by).localeCompare(orderOf(b, by));
  return valueOf(a.totals, by) - valueOf(b.totals, by);
}

const orderOf = ({ names, order = names }: Line, by: number): string => order[by] ?? '';

/** The figures' columns in a file, and of a line what stands in them: amounts as the server has them, to the last digit. */
export const csvColumns: readonly string[] = [...columns, 'currency'];
export const csvCells = ({ cost, ...totals }: Totals): readonly CsvCell[] => [
  ...columns.map((column) => (column === 'cost' ? (cost?.amount ?? null) : totals[column])),
  cost?.currency ?? null,
];
