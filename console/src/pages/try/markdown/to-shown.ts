import type { Nodes, RootContent } from 'mdast';
import type { Definitions } from './parse-markdown';
import { grouped, leaf, type Shell, type Shown } from './shown';
import { plainTextOf, toWords } from './to-words';

/** Blocks within blocks beyond this are text. */
const DEEPEST = 24;

/** What is shown of blocks. */
export const toShown = (nodes: readonly RootContent[], definitions: Definitions, depth = 0): Shown[] =>
  nodes.filter(({ type }) => type !== 'definition').map((node) => shownOf(node, definitions, depth));

function shownOf(node: RootContent, definitions: Definitions, depth: number): Shown {
  if (depth >= DEEPEST)
    return { shell: { type: 'html' }, groups: [[leaf({ type: 'lines', value: plainTextOf(node) })]] };
  return { shell: shellOf(node), groups: grouped(insideOf(node, definitions, depth + 1)) };
}

/** What is in a block. */
export function insideOf(node: Nodes, definitions: Definitions, depth: number): Shown[] {
  if (node.type === 'paragraph' || node.type === 'heading' || node.type === 'tableCell')
    return [leaf({ type: 'words', words: toWords(node.children, definitions) })];
  if ('value' in node) return [leaf({ type: 'lines', value: node.value })];
  return 'children' in node ? toShown(node.children, definitions, depth) : [];
}

/** What a block is, without what is in it. */
export function shellOf(node: Nodes): Shell {
  if (node.type === 'heading') return { type: 'heading', depth: node.depth };
  if (node.type === 'code') return { type: 'code', language: node.lang ?? '' };
  if (node.type === 'listItem') return { type: 'listItem', checked: node.checked ?? null };
  if (node.type === 'table') return { type: 'table', align: node.align ?? [] };
  if (node.type === 'footnoteDefinition') return { type: 'note', label: node.label ?? node.identifier };
  if (node.type === 'list') {
    const loose = node.spread === true || node.children.some(({ spread }) => spread === true);
    return { type: 'list', ordered: node.ordered === true, start: node.start ?? 1, loose };
  }
  return { type: isPlain(node.type) ? node.type : 'paragraph' };
}

const PLAIN = ['root', 'blockquote', 'tableRow', 'tableCell', 'thematicBreak', 'html'] as const;
const isPlain = (type: string): type is (typeof PLAIN)[number] => PLAIN.some((each) => each === type);
