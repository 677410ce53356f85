import { Parser } from 'htmlparser2';

/** Elements that keep words apart; all others may stand inside of one. */
const SEPARATING = new Set(
  'address article blockquote br dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section table td th tr ul'.split(
    ' ',
  ),
);
/** Elements whose text is none of the page's. */
const SILENT = new Set(['script', 'style', 'template', 'noscript']);

/** No title or snippet is nearly as long; what is made to keep the parser busy is. */
const MAX_HTML_CHARACTERS = 10_000;

/**
 * What a reader would see of a piece of HTML: without its markup, with its entities decoded, on one line. The result is
 * text: where it shows a `<`, that is a character and not the beginning of a tag.
 */
export function toPlainText(html: string): string {
  const bounded = html.slice(0, MAX_HTML_CHARACTERS);
  return (/[<&]/.test(bounded) ? textIn(bounded) : bounded).replace(/\s+/g, ' ').trim();
}

function textIn(html: string): string {
  let text = '';
  let silent = 0;
  const parser = new Parser({
    ontext: (piece) => {
      if (silent === 0) text += piece;
    },
    onopentagname: (name) => {
      if (SEPARATING.has(name)) text += ' ';
      if (SILENT.has(name)) silent += 1;
    },
    onclosetag: (name) => {
      if (SEPARATING.has(name)) text += ' ';
      if (SILENT.has(name)) silent -= 1;
    },
  });
  parser.end(html);
  return text;
}
