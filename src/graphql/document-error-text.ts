import { type GraphQLError, Kind, print, visit } from 'graphql';

/** Longer than any name of our schema, and shorter than any provider's keys. */
const LONGEST_NAME = 24;

/** What GraphQL says of a document, without what the document says: a key may stand in it, at any place. */
export function textWithoutQuotations(error: GraphQLError): string {
  // Without nodes it is about the text that the parser saw, or about the request.
  if (!error.nodes) return withoutTokens(error.message);
  return withoutNames(withoutValues(error));
}

/** Suggestions tell the schema to those who may not introspect it. */
export const withoutSuggestions = (message: string): string => message.replace(/ Did you mean .*$/s, '');

/** `Unexpected Name "sk"` becomes `Unexpected Name`: what the parser stumbled over may be a part of a key. */
const withoutTokens = (message: string): string =>
  message.replace(/ "(?:[^"\\]|\\.)*"/gs, '').replace(/: "[^]*$/, '.');

/** A misspelt name is worth showing; one with a digit in it, or a long one, may be a key without its quotation marks. */
const withoutNames = (message: string): string =>
  message.replace(/[A-Za-z_]\w*/g, (name) =>
    /\d/.test(name) || name.length > LONGEST_NAME ? '[name]' : name,
  );

/** GraphQL quotes the value that it refuses, at the end of the message or between quotation marks. */
function withoutValues({ message, nodes }: GraphQLError): string {
  const values = new Set<string>();
  const collect = (node: { value?: unknown }) => {
    if (typeof node.value === 'string') values.add(node.value);
  };
  for (const node of nodes ?? []) {
    visit(node, {
      [Kind.STRING]: (value) => {
        collect(value);
        values.add(print(value));
      },
      [Kind.ENUM]: collect,
      [Kind.INT]: collect,
      [Kind.FLOAT]: collect,
    });
  }
  return [...values]
    .filter((value) => value !== '')
    .sort((a, b) => b.length - a.length)
    .reduce((text, value) => text.replace(wholly(value), '[value]'), message);
}

/** Finds a text where it is no part of a longer word: a value of one digit must not tear a name apart. */
const wholly = (text: string): RegExp =>
  new RegExp(`(?<!\\w)${text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}(?!\\w)`, 'g');
