import type { Blockquote, Code, Heading, List, ListItem, Nodes, Paragraph, Table } from 'mdast';
import { Grown, type Shell } from './shown';
import { shellOf } from './to-shown';

/** A block that can be cut: what comes first in it is finished, and what follows is read without it. */
export type Divisible = Blockquote | List | ListItem | Table | Paragraph | Heading | Code;

/**
 * A block of which a part is finished. Each line of Markdown says in which blocks it is by what stands at its beginning:
 * so for the rest to be read as what it is, a block says what has to stand before it.
 */
export interface OpenBlock {
  readonly type: Divisible['type'];
  readonly done: Grown;
  readonly shell: Shell;
  /** Where the block begins in its first line, from 1. */
  readonly column: number;
  /** What marks a line as one of a quote; what begins an item, or code. */
  readonly mark: string;
  /** What has to stand before the rest of a paragraph or of code, behind the marks of what these are in. */
  readonly head: string;
  /** The end of the head, where it is read as a part of the rest. */
  readonly lead: string;
}

const MARKS: Partial<Record<Divisible['type'], RegExp>> = {
  blockquote: /^>/,
  listItem: /^(?:[-+*]|\d{1,9}[.)])/,
  code: /^(?:`{3,}|~{3,})/,
};

/** @param source the text that the node was read from */
export function openBlock(node: Divisible, source: string): OpenBlock {
  const { offset = 0, column = 1 } = node.position?.start ?? {};
  const text = source.slice(offset, offset + 1_000);
  const mark = MARKS[node.type]?.exec(text)?.[0] ?? '';
  return { type: node.type, done: new Grown(), shell: shellOf(node), column, mark, head: '', lead: '' };
}

/** What a block is, as more of it shows: a list is loose from its first gap on. */
export function grownShell({ shell }: OpenBlock, node: Nodes): Shell {
  const now = shellOf(node);
  if (shell.type === 'list') return { ...shell, loose: shell.loose || (now.type === 'list' && now.loose) };
  // A line of dashes below makes a heading of all that a paragraph had.
  return now.type === 'heading' ? now : shell;
}

/** The two rows that a table begins with, for those that follow to be rows of it. */
function headRows({ shell }: OpenBlock): readonly [string, string] {
  const align = shell.type === 'table' ? shell.align : [];
  return [`|${align.map(() => 'x').join('|')}|`, `|${align.map((side) => RULES[side ?? 'none']).join('|')}|`];
}
const RULES = { left: ':-', right: '-:', center: ':-:', none: '-' } as const;

/**
 * What has to stand before the rest of a text, for it to be read as a part of the blocks that are open.
 *
 * @param column where the rest begins in its line
 */
export function contextOf(open: readonly OpenBlock[], column: number): string {
  const inner = open.at(-1);
  if (inner?.type === 'table') {
    const [names, rule] = headRows(inner);
    const next = marks(open, inner.column, false);
    return `${marks(open, inner.column, true)}${names}\n${next}${rule}\n${next}`;
  }
  const isLeaf = inner?.type === 'paragraph' || inner?.type === 'code';
  return isLeaf ? marks(open, inner.column, true) + inner.head : marks(open, column, true);
}

/** The beginning of a line up to a column; of an item, its first one or another. */
export function marks(open: readonly OpenBlock[], column: number, isFirst: boolean): string {
  const line = Array.from({ length: column - 1 }, () => ' ');
  for (const { type, mark, column: at } of open) {
    if (type === 'blockquote' || (type === 'listItem' && isFirst))
      line.splice(at - 1, mark.length, ...Array.from(mark));
  }
  return line.join('');
}
