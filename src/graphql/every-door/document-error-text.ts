import { type ASTNode, type GraphQLError, Kind, print, type ValueNode } from 'graphql';

/** Longer than any name of our schema, and shorter than any provider's keys. */
const LONGEST_NAME = 26;

/** Longer than any message of GraphQL about a document, without its quotations. */
const LONGEST_TEXT = 400;

/** Of values, those that are more than a name. */
const VALUE_KINDS: ReadonlySet<Kind> = new Set([Kind.STRING, Kind.INT, Kind.FLOAT, Kind.LIST, Kind.OBJECT]);

/** The parser's names of unexpected tokens; it quotes all others from the document, in quotation marks. */
const TOKENS = ['<EOF>', 'Name', 'Int', 'Float', 'String', 'BlockString', 'Comment'] as const;

const SYNTAX_ERROR = 'Syntax Error: ';
const FOUND = ', found ';
const SUGGESTION = ' Did you mean ';

/**
 * What GraphQL says of a document, without what the document says: a key may stand in it, at any place.
 *
 * No pattern is made of what was sent, and each text is gone through a fixed number of times.
 */
export function textWithoutQuotations(error: GraphQLError): string {
  const text = error.message.startsWith(SYNTAX_ERROR)
    ? SYNTAX_ERROR + syntaxErrorText(error.message.slice(SYNTAX_ERROR.length))
    : withoutNames(withoutValue(error));
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

/** Suggestions reveal the schema to clients that may not introspect it. */
export function withoutSuggestions(message: string): string {
  const start = message.indexOf(SUGGESTION);
  return start === -1 ? message : message.slice(0, start);
}

/** The parser's words up to what it quotes: `Expected ":", found String.`, `Unexpected Name.`, `Invalid number.` */
function syntaxErrorText(message: string): string {
  const found = message.startsWith('Expected ') ? message.indexOf(FOUND) : -1;
  if (found !== -1)
    return sentence(`${message.slice(0, found)}${kindOfToken(message, found + FOUND.length, FOUND)}`);
  const unexpected = 'Unexpected ';
  if (message.startsWith(unexpected)) {
    const kind = kindOfToken(message, unexpected.length, ' ');
    if (kind !== '') return sentence(`Unexpected${kind}`);
  }
  const end = firstOf(message, [':', '"', '(']);
  return sentence(message.slice(0, end));
}

/** @returns the kind of the token that is described at this place, after `before`; nothing where it is quoted only */
function kindOfToken(message: string, index: number, before: string): string {
  const kind = TOKENS.find((token) => message.startsWith(token, index));
  return kind === undefined ? '' : before + kind;
}

function firstOf(text: string, characters: readonly string[]): number {
  const places = characters.map((character) => text.indexOf(character)).filter((place) => place !== -1);
  return Math.min(text.length, ...places);
}

const sentence = (text: string): string => `${text.trimEnd().replace(/\.$/, '')}.`;

/** A misspelt name is worth showing; one with a digit in it, or a long one, may be a key without its quotation marks. */
const withoutNames = (message: string): string =>
  message.replace(/[A-Za-z_]\w*/g, (name) =>
    /\d/.test(name) || name.length > LONGEST_NAME ? '[name]' : name,
  );

/** GraphQL quotes the value that it refuses at the end of its message; only its suggestions may follow. */
function withoutValue({ message, nodes }: GraphQLError): string {
  // It is about the request: a name that came with it may stand in quotation marks.
  if (!nodes) return message.includes('"') ? sentence(message.slice(0, message.indexOf('"'))) : message;
  const value = nodes.find(isValue);
  // It is about names.
  if (!value) return message;
  const texts = textsOf(value);
  const start = Math.min(...texts.map((text) => placeOf(text, message)));
  if (start === NOWHERE)
    return isScalar(value) ? 'A value is not of the type that is expected there.' : message;
  const end = start + Math.max(...texts.map(({ length }) => length));
  const suggestion = message.lastIndexOf(SUGGESTION);
  return `${message.slice(0, start)}[value].${suggestion >= end - 1 ? message.slice(suggestion) : ''}`;
}

const NOWHERE = Number.POSITIVE_INFINITY;

const isValue = (node: ASTNode): node is ValueNode => VALUE_KINDS.has(node.kind);

/** Messages about a list or an object may name a part of it, and quote nothing. */
const isScalar = ({ kind }: ValueNode): boolean => kind !== Kind.LIST && kind !== Kind.OBJECT;

/** As it is printed, and as it is meant. */
function textsOf(value: ValueNode): string[] {
  const texts = [print(value), ...('value' in value && typeof value.value === 'string' ? [value.value] : [])];
  return texts.filter((text) => text !== '');
}

/** A short value may also be a part of many words of a message, which is short then, too. */
const MOST_PLACES = 200;

/** Where a text stands in a message that is no part of a longer word; {@link NOWHERE} */
function placeOf(text: string, message: string): number {
  let place = message.indexOf(text);
  for (let count = 0; place !== -1 && count < MOST_PLACES; count += 1) {
    if (!isWordAt(message, place - 1) && !isWordAt(message, place + text.length)) return place;
    place = message.indexOf(text, place + 1);
  }
  return NOWHERE;
}

const isWordAt = (text: string, index: number): boolean => /\w/.test(text.charAt(index));
