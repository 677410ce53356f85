import type { Nodes, PhrasingContent } from 'mdast';
import type { Definitions } from './parse-markdown';
import { joined, type Words } from './shown';

/** Markup within markup beyond this is text. */
const DEEPEST = 16;
const BREAK = /^<br\s*\/?>$/i;

/**
 * What is shown of the words of a paragraph. HTML is text, a picture is a link with its description, and a link leads to
 * the web or to somebody's mailbox.
 */
export function toWords(nodes: readonly PhrasingContent[], definitions: Definitions, depth = 0): Words[] {
  return joined(
    nodes.flatMap((node) => (depth >= DEEPEST ? text(plainTextOf(node)) : wordsOf(node, definitions, depth))),
  );
}

function wordsOf(node: PhrasingContent, definitions: Definitions, depth: number): Words[] {
  const inside = (): Words[] => ('children' in node ? toWords(node.children, definitions, depth + 1) : []);
  switch (node.type) {
    case 'text':
      return text(node.value);
    case 'inlineCode':
      return [{ type: 'inlineCode', value: node.value }];
    case 'break':
      return [{ type: 'break' }];
    case 'html':
      return BREAK.test(node.value) ? [{ type: 'break' }] : text(node.value);
    case 'emphasis':
    case 'strong':
    case 'delete':
      return [{ type: node.type, children: inside() }];
    case 'link':
      return linked(node.url, node.title ?? null, inside());
    case 'image':
      return linked(node.url, node.title ?? null, text((node.alt ?? '') || node.url));
    case 'linkReference':
    case 'imageReference': {
      const { url = '', title = null } = definitions.get(node.identifier) ?? {};
      return linked(url, title, node.type === 'linkReference' ? inside() : text((node.alt ?? '') || url));
    }
    case 'footnoteReference':
      // Its note may be anywhere: it is shown where it stands.
      return text(`[^${node.label ?? node.identifier}]`);
  }
}

const text = (value: string): Words[] => (value === '' ? [] : [{ type: 'text', value }]);

const linked = (url: string, title: string | null, children: Words[]): Words[] =>
  isSafe(url) ? [{ type: 'link', url, title, children }] : children;

/** Absolute addresses of three kinds: a relative one would lead into the console. */
const isSafe = (url: string): boolean => /^(https?:\/\/|mailto:)/i.test(url) && URL.canParse(url);

/** All text within a node, however deep. */
export function plainTextOf(node: Nodes): string {
  let plain = '';
  const open: Nodes[] = [node];
  for (let next = open.pop(); next; next = open.pop()) {
    if ('value' in next) plain += next.value;
    else if ('alt' in next) plain += next.alt ?? '';
    else if ('children' in next) open.push(...[...next.children].reverse());
  }
  return plain;
}
