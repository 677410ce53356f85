import type { Code, Nodes, Paragraph, RootContent } from 'mdast';
import { type Divisible, grownShell, marks, type OpenBlock, openBlock } from './open-block';
import { parseMarkdown } from './parse-markdown';
import { type Place, type Reading, without } from './reading';
import { sentenceEnd } from './sentence-end';
import { leaf, type Shown } from './shown';
import { toShown } from './to-shown';
import { toWords } from './to-words';

/** A part of the rest that is finished, and what is open after it. */
export interface Division extends Place {
  /** The open block that the part belongs to, the innermost. */
  readonly into: OpenBlock;
  readonly part: readonly Shown[];
  /** Where what is left begins, in the source that was read. */
  readonly at: number;
}

/**
 * Cuts the last block of a reading, as deep in it as need be.
 *
 * @param isUrgent whether a place will do that is not as good
 */
export function divide(reading: Reading, isUrgent: boolean): Division | null {
  const open = reading.open.map((block, level) => {
    const node = reading.path[level];
    return node ? { ...block, shell: grownShell(block, node) } : block;
  });
  const [inner, last] = [open.at(-1), reading.path.at(-1)];
  if (inner && last && (inner.type === 'paragraph' || inner.type === 'code'))
    return divideLeaf(reading, open.slice(0, -1), inner, last, isUrgent);
  let nodes = reading.levels.at(-1) ?? [];
  for (;;) {
    const [node, ...others] = nodes;
    if (!node) return null;
    const block = open.at(-1);
    if (others.length > 0) return block ? divideBefore(reading, open, block, nodes) : null;
    if (node.type === 'paragraph' || node.type === 'code')
      return divideLeaf(reading, open, openBlock(node, reading.source), node, isUrgent);
    if (!isContainer(node)) return null;
    open.push(openBlock(node, reading.source));
    nodes = node.children;
  }
}

const isContainer = (node: Nodes): node is Extract<Divisible, { children: RootContent[] }> =>
  node.type === 'blockquote' || node.type === 'list' || node.type === 'listItem' || node.type === 'table';

/** Finishes what stands before the last node of a block. */
function divideBefore(
  { definitions }: Reading,
  open: readonly OpenBlock[],
  into: OpenBlock,
  nodes: readonly RootContent[],
): Division | null {
  const { offset, column } = nodes.at(-1)?.position?.start ?? {};
  if (offset === undefined || column === undefined) return null;
  return { open, column, into, part: toShown(nodes.slice(0, -1), definitions, open.length), at: offset };
}

function divideLeaf(
  reading: Reading,
  outer: readonly OpenBlock[],
  block: OpenBlock,
  node: Nodes,
  isUrgent: boolean,
): Division | null {
  if (node.type === 'code') return divideCode(reading, outer, block, node);
  return node.type === 'paragraph' ? divideParagraph(reading, outer, block, node, isUrgent) : null;
}

function divideParagraph(
  { source, base, definitions }: Reading,
  outer: readonly OpenBlock[],
  block: OpenBlock,
  { children }: Paragraph,
  isUrgent: boolean,
): Division | null {
  const cut = sentenceEnd(children, source, base, isUrgent);
  if (!cut) return null;
  const before = lastParagraph(parseMarkdown(source.slice(0, cut.end)));
  if (!before) return null;
  const words = [...toWords(before.children, definitions), { type: 'text', value: cut.gap } as const];
  // What comes first decides what is markup in what follows: it makes a difference whether that was a letter or a mark.
  const lead = cut.gap === '' ? source.charAt(cut.end - 1) : `x${cut.gap}`;
  const into = { ...block, head: lead, lead };
  const part = [without(block.lead, leaf({ type: 'words', words }))];
  return { open: [...outer, into], column: block.column, into, part, at: cut.end + cut.gap.length };
}

/** The paragraph that a text ends in. */
function lastParagraph(node: Nodes | undefined): Paragraph | null {
  if (!node || node.type === 'paragraph') return node ?? null;
  return 'children' in node ? lastParagraph(node.children.at(-1)) : null;
}

/** Finishes the lines before the last one; of a single line what there is. */
function divideCode(
  { source }: Reading,
  outer: readonly OpenBlock[],
  block: OpenBlock,
  { value, position }: Code,
): Division | null {
  const isFenced = block.mark !== '';
  const firstLine = (position?.start.line ?? 1) + (isFenced ? 1 : 0);
  const lines = value.replace(block.lead, '').split('\n');
  const last = lines.pop() ?? '';
  const start = startOfLine(source, firstLine + lines.length);
  const fence = `${block.mark}\n`;
  const place = (head: string, lead: string): Omit<Division, 'part' | 'at'> => {
    const into = { ...block, head, lead };
    return { open: [...outer, into], column: block.column, into };
  };
  if (lines.length > 0) {
    const part = [leaf({ type: 'lines', value: `${lines.join('\n')}\n` })];
    if (isFenced) return { ...place(fence, ''), part, at: start };
    return last.trim() === '' ? null : { ...place('', ''), part, at: start + block.column - 1 };
  }
  if (!isFenced || last === '' || source.includes('\n', start)) return null;
  // Not between the two halves of a character.
  const half = /[\uD800-\uDBFF]$/.test(last) ? 1 : 0;
  const head = `${fence}${marks(outer, block.column, false)}x`;
  const part = [leaf({ type: 'lines', value: last.slice(0, last.length - half) })];
  return { ...place(head, 'x'), part, at: source.length - half };
}

function startOfLine(source: string, line: number): number {
  let at = 0;
  for (let before = 1; before < line; before += 1) at = source.indexOf('\n', at) + 1;
  return at;
}
