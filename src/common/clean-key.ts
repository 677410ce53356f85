/** Longer than any key with what people paste around it; what is longer is refused for its length. */
const LONGEST_PASTED = 8_192;
/** No real key is wrapped more often; it stops input that is made to be unwrapped for long. */
const MOST_WRAPPINGS = 32;
/** Of a pasted line, so much may stand before the key. */
const LONGEST_LABEL = 200;

/** Characters without a width, marks of direction and byte order. A soft hyphen may stand for a hyphen: it stays. */
const ZERO_WIDTH = /[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** What stands around a text that is quoted: in code, in typography, in JSON inside JSON. */
const QUOTES: readonly (readonly [string, string])[] = [
  ...[
    '""',
    "''",
    '``',
    '“”',
    '„“',
    '„”',
    '””',
    '‘’',
    '‚‘',
    '‚’',
    '’’',
    '«»',
    '»«',
    '‹›',
    '›‹',
    '「」',
    '『』',
  ],
  ...['＂＂', '＇＇', '´´', '`´', "`'"],
  ...['\\"\\"', "\\'\\'"],
].map((pair) => [pair.slice(0, pair.length / 2), pair.slice(pair.length / 2)]);
const OPENING_QUOTES = new Set(QUOTES.map(([open]) => open.charAt(0)));
/** Behind a quote that closes: then the one at the end is of another pair, as in `"name": "key"`. */
const VALUE_FOLLOWS = /^\s*[:=]/;
/** How shells, container tools, scripts and lists begin a line that sets a variable. */
const COMMAND =
  /^(?:[-*+#$>]\s+)?(?:(?:(?:export|setx?|setenv|env|const|let|var|declare|typeset)(?:\s+-\w+)*|-e|--(?:env|set|build-arg))\s+|\$env:|process\.env\.)|^[-*+#$>]\s+/i;
const HEADER_OPTION = /^(?:-H|--header)(?:\s*=\s*|\s+|(?=["']))/;
/**
 * A name, quoted or not, what separates it from its value, and white space or a quote before that. Options, parameters of
 * addresses and variables of scripts have a sign before their names, properties the names of what they belong to.
 */
const LABEL =
  /^(?:--|[?&$])?(["'`]?)(?:[A-Za-z][\w-]{0,80}\.){0,8}([A-Za-z][\w-]{0,80})\1\s*(:=|=>|[:=])(\s*)(?=([^\s=]))/;
/** `--api-key key`. */
const OPTION = /^--([A-Za-z][\w-]{0,80})\s+(?=\S)/;
/** `setx NAME key`: white space separates, where a command says that a name comes. */
const VALUE_OF_COMMAND = /^([A-Z][A-Z\d_]{0,80})\s+(?=\S)/;
const SCHEME = /^bearer\s+/i;

/** Words that say that a key follows. */
const KEY_WORDS = new Set(['key', 'apikey', 'token', 'secret', 'authorization']);
/** Names that are of nothing but keys: keys of gateways have colons, too (`team-key:4f…`). */
const UNMISTAKABLE_NAME =
  /^(?:[A-Z][A-Z\d]*_)+(?:API_?KEY|API_TOKEN)$|^(?:(?:x-(?:goog-)?)?api-key|x-subscription-token|authorization)$/i;

/**
 * A key as it was pasted, without what certainly is none of it: white space and invisible characters around it, quotes,
 * `Bearer`, the name of a variable, an option or a header, the comma or semicolon at the end of a line; in any order, until
 * nothing is left to take away. What is not certain stays, for {@link findKeyMistake} to refuse.
 */
export function cleanKey(pasted: string): string {
  if (pasted.length > LONGEST_PASTED) return pasted;
  let key = pasted.replace(ZERO_WIDTH, '').trim();
  for (let wrapping = 0; wrapping < MOST_WRAPPINGS; wrapping += 1) {
    const unwrapped = withoutLabel(withoutQuotes(withoutLineEnd(key)))
      .replace(SCHEME, '')
      .trim();
    if (unwrapped === key) break;
    key = unwrapped;
  }
  forgetLastMatch();
  return key;
}

/** V8 keeps the text that a regular expression last matched, for `RegExp.lastMatch` and the like. */
export function forgetLastMatch(): void {
  /(?:)/.test('');
}

/** Commas and semicolons, line breaks as JSON and shells write them, and what says that a command goes on. */
function withoutLineEnd(text: string): string {
  let end = text.length;
  while (end > 0) {
    if (/[,;\s]/.test(text.charAt(end - 1))) end -= 1;
    else if (/^\\[nr]$/.test(text.slice(Math.max(0, end - 2), end))) end -= 2;
    else if (/^[\s"']\\$/.test(text.slice(Math.max(0, end - 2), end))) end -= 1;
    else break;
  }
  return text.slice(0, end);
}

function withoutQuotes(text: string): string {
  const pair = QUOTES.find(
    ([open, close]) =>
      text.length > open.length + close.length && text.startsWith(open) && text.endsWith(close),
  );
  if (!pair) return text;
  const [open, close] = pair;
  const inside = text.slice(open.length, text.length - close.length);
  const firstClose = inside.indexOf(close);
  const isTwoPairs =
    open === close && firstClose >= 0 && VALUE_FOLLOWS.test(inside.slice(firstClose + close.length));
  return isTwoPairs ? text : inside;
}

function withoutLabel(text: string): string {
  const command = COMMAND.exec(text.slice(0, LONGEST_LABEL));
  const line = command ? text.slice(command[0].length) : text;
  const head = line.slice(0, LONGEST_LABEL);
  const label = LABEL.exec(head);
  if (label && isLabelOfKey(label)) return line.slice(label[0].length);
  const value = command && VALUE_OF_COMMAND.exec(head);
  if (value?.[1] && isNameOfKey(value[1])) return line.slice(value[0].length);
  const option = OPTION.exec(head);
  if (option?.[1] && isNameOfKey(option[1])) return line.slice(option[0].length);
  return text.replace(HEADER_OPTION, '');
}

function isLabelOfKey([, , name = '', separator, space, next = '']: RegExpExecArray): boolean {
  if (!isNameOfKey(name)) return false;
  return separator !== ':' || space !== '' || OPENING_QUOTES.has(next) || UNMISTAKABLE_NAME.test(name);
}

const isNameOfKey = (name: string): boolean =>
  name.split(/[^A-Za-z\d]+|(?<=[a-z\d])(?=[A-Z])/).some((word) => KEY_WORDS.has(word.toLowerCase()));
