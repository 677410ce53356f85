import { htmlTagNames } from 'html-tag-names';
import { Parser } from 'htmlparser2';
import type { TextFormat } from './contract.js';

const KNOWN = new Set(htmlTagNames);
/** Elements that keep words apart; all others may stand inside of one. */
const SEPARATING = new Set(
  'address article blockquote br dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section table td th tr ul'.split(
    ' ',
  ),
);
/** Elements whose text is none of the page's, or not to be read as HTML. */
const SILENT = new Set(
  'iframe noembed noframes noscript script style template textarea title xmp'.split(' '),
);
/** Where a tag, a comment, a declaration or an instruction begins. */
const OPENING = /<(?:\/?([a-z][^\s/<>]*)|!--|[!?])/gi;

const END_TAG = /<\/([a-z][^\s/<>]*)[\s/>]/gi;
/** A tag with an attribute that has a value, from its beginning. */
const ATTRIBUTE = /<[a-z][^\s/<>]*\s[^<>]*?[\w:-]=["'\w]/iy;

/** No title or snippet is nearly as long; what is made to keep the parser busy is. */
const MAX_CHARACTERS = 10_000;

/**
 * What a reader would see of a title or a snippet, on one line. The result is text: where it shows a `<`, that is a
 * character and not the beginning of a tag.
 *
 * In HTML, the markup is left out and the entities are decoded. Text stays as it is, because `<script>: The Script
 * element` is a good title; but text with a whole element in it is HTML, even if the engine calls it text.
 */
export function toPlainText(text: string, format: TextFormat): string {
  const bounded = text.slice(0, MAX_CHARACTERS).replace(/[\ud800-\udbff]$/, '');
  return shownIn(bounded, format).replace(/\s+/g, ' ').trim();
}

function shownIn(text: string, format: TextFormat): string {
  if (!/[<&]/.test(text)) return text;
  const html = escapeWords(text);
  return format === 'HTML' || holdsMarkup(html) ? textIn(html) : text;
}

/** Makes characters of each `<` that begins nothing HTML knows (`vector<int>`), or something that never ends. */
function escapeWords(text: string): string {
  const lastCommentEnd = text.lastIndexOf('-->');
  const lastEnds = new Map(
    [...text.matchAll(END_TAG)].map(({ index, 1: name = '' }) => [name.toLowerCase(), index]),
  );
  return text.replace(OPENING, (opening, name: string | undefined, offset: number) => {
    const end = name === undefined ? lastCommentEnd : (lastEnds.get(name.toLowerCase()) ?? -1);
    const isMarkup =
      name === undefined
        ? opening === '<!--' && offset < end
        : isTag(name.toLowerCase(), end >= offset, () => hasAttribute(text, offset));
    return isMarkup ? opening : `&lt;${opening.slice(1)}`;
  });
}

/** An element that HTML does not know is one if it ends or has an attribute: a component, a piece of SVG. */
function isTag(name: string, ends: boolean, hasAttributes: () => boolean): boolean {
  if (SILENT.has(name)) return ends;
  return KNOWN.has(name) || ends || hasAttributes();
}

function hasAttribute(text: string, offset: number): boolean {
  ATTRIBUTE.lastIndex = offset;
  return ATTRIBUTE.test(text);
}

/** Whether there is an element with both its tags, or a tag with an attribute: words have neither. */
function holdsMarkup(html: string): boolean {
  let found = false;
  const parser = new Parser({
    onattribute: (_name, value) => {
      if (value !== '') found = true;
    },
    onclosetag: (_name, isImplied) => {
      if (!isImplied) found = true;
    },
  });
  parser.end(html);
  return found;
}

function textIn(html: string): string {
  let text = '';
  const silentFrom: number[] = [];
  const parser = new Parser({
    ontext: (piece) => {
      text += piece;
    },
    onopentagname: (name) => {
      if (SEPARATING.has(name)) text += ' ';
      if (SILENT.has(name)) silentFrom.push(text.length);
    },
    onclosetag: (name, isImplied) => {
      if (SEPARATING.has(name)) text += ' ';
      if (!SILENT.has(name)) return;
      const start = silentFrom.pop();
      // Two may share one end tag: what stands in the one that has none is shown.
      if (!isImplied) text = text.slice(0, start);
    },
  });
  parser.end(html);
  return text;
}
