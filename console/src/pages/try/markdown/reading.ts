import type { Nodes, RootContent } from 'mdast';
import { contextOf, grownShell, type OpenBlock } from './open-block';
import { type Definitions, definitionsFor, definitionsWith, parseMarkdown } from './parse-markdown';
import { leaf, type Shown, type Words } from './shown';
import { insideOf, toShown } from './to-shown';

/** Which blocks of a text are open, outermost first, and where its rest begins in its line. */
export interface Place {
  readonly open: readonly OpenBlock[];
  readonly column: number;
}

/** The rest of a text, read as a part of the blocks that are open. */
export interface Reading extends Place {
  readonly source: string;
  /** Where in it the rest begins. */
  readonly base: number;
  readonly definitions: Definitions;
  /** What each open block is now, as far as it is in the source. */
  readonly path: readonly Nodes[];
  /** What is new: beside each open block, and in the innermost. */
  readonly levels: readonly (readonly RootContent[])[];
}

/** @returns null where the rest is no part of what is open */
export function read({ open, column }: Place, rest: string, known: Definitions): Reading | null {
  const before = definitionsFor(rest, known);
  const context = contextOf(open, column);
  const source = before + context + rest;
  const root = parseMarkdown(source);
  const definitions = definitionsWith(root, known);
  const path: Nodes[] = [];
  const levels: RootContent[][] = [];
  let nodes = root.children.filter(({ position }) => (position?.start.offset ?? 0) >= before.length);
  for (const block of open) {
    const [node, ...beside] = nodes;
    if (!node || !goesOn(block, node)) return null;
    path.push(node);
    levels.push(beside);
    const inside: RootContent[] = isLeaf(node) || !('children' in node) ? [] : node.children;
    // The first row is the one that stands before the rest.
    nodes = node.type === 'table' ? inside.slice(1) : inside;
  }
  const base = before.length + context.length;
  return { open, column, source, base, definitions, path, levels: [...levels, nodes] };
}

const isLeaf = ({ type }: Nodes): boolean => type === 'paragraph' || type === 'heading' || type === 'code';

const goesOn = (block: OpenBlock, node: Nodes): boolean =>
  node.type === block.type || (block.type === 'paragraph' && node.type === 'heading');

/** What is finished of an open block, and what is not. */
export type Together = (block: OpenBlock, more: readonly Shown[]) => Shown['groups'];

/** What is new at a level, the open block that goes on there first. */
export function shownAt(reading: Reading, level: number, together: Together): Shown[] {
  const { open, path, levels, definitions } = reading;
  const beside = toShown(levels[level] ?? [], definitions, level);
  const [block, node] = [open[level], path[level]];
  if (!block || !node) return beside;
  const more = isLeaf(node)
    ? insideOf(node, definitions, level).map((piece) => without(block.lead, piece))
    : shownAt(reading, level + 1, together);
  return [{ shell: grownShell(block, node), groups: together(block, more) }, ...beside];
}

/** A piece without a text at its beginning. */
export function without(lead: string, piece: Shown): Shown {
  const { shell } = piece;
  if (lead === '') return piece;
  if (shell.type === 'lines') return leaf({ ...shell, value: shell.value.replace(lead, '') });
  if (shell.type !== 'words') return piece;
  const [first, ...others] = shell.words;
  if (first?.type !== 'text' || !first.value.startsWith(lead)) return piece;
  const value = first.value.slice(lead.length);
  const words: Words[] = value === '' ? others : [{ type: 'text', value }, ...others];
  return leaf({ type: 'words', words });
}
