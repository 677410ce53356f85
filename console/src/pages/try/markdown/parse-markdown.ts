import type { Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

const options = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] };

/** Blocks within blocks in one line beyond this many are text. */
const MOST_MARKS = 24;
const MARK = String.raw`[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])[ \t])`;
const TOO_MANY_MARKS = new RegExp(`^(?:${MARK}){${String(MOST_MARKS)}}(?=${MARK})[ \\t]*`, 'gm');

/** GitHub's Markdown, as a tree. */
export const parseMarkdown = (source: string): Root => fromMarkdown(source, options);

/** The same without blocks that are too deep in others: to read such takes a time that grows with the square of the depth. */
export const tamed = (text: string): string => text.replace(TOO_MANY_MARKS, '$&\\');

/** Where a link leads to: the Markdown of an answer may define that anywhere. By identifier. */
export type Definitions = ReadonlyMap<string, Definition>;

export interface Definition {
  readonly label: string;
  readonly url: string;
  readonly title: string | null;
}

/** Those that are known, and those that a tree has; the first of a name counts. */
export function definitionsWith(node: Nodes, known: Definitions): Definitions {
  const found = new Map<string, Definition>();
  collect(node, found);
  return [...found.keys()].every((identifier) => known.has(identifier))
    ? known
    : new Map([...found, ...known]);
}

function collect(node: Nodes, found: Map<string, Definition>): void {
  if (node.type === 'definition') {
    const { identifier, url, title } = node;
    const label = node.label ?? identifier;
    if (!found.has(identifier)) found.set(identifier, { label, url, title: title ?? null });
  } else if (
    node.type === 'root' ||
    node.type === 'blockquote' ||
    node.type === 'list' ||
    node.type === 'listItem'
  ) {
    for (const child of node.children) collect(child, found);
  }
}

const LABEL = /\[((?:[^\\[\]]|\\.){1,999})\]/g;

/** What a text may refer to: the identifiers of all that stands in brackets. */
const namedIn = (text: string): Set<string> =>
  new Set([...text.matchAll(LABEL)].map(([, label = '']) => identifierOf(label)));

/** Whether a text may refer to something that is not known. */
export const mayReferBeyond = (text: string, known: Definitions): boolean =>
  [...namedIn(text)].some((identifier) => !known.has(identifier));

/**
 * The definitions that a text may refer to, as Markdown to stand before it. Where they lead to does not matter there, and may
 * be long.
 */
export function definitionsFor(text: string, definitions: Definitions): string {
  if (definitions.size === 0) return '';
  const lines = [...namedIn(text)].flatMap((identifier) => {
    const definition = definitions.get(identifier);
    return definition ? [`[${definition.label}]: x`] : [];
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n\n`;
}

/** As micromark and mdast compare labels. */
const identifierOf = (label: string): string =>
  label
    .replace(/[\t\n\r ]+/g, ' ')
    .trim()
    .toLowerCase();
