import { createTranslator } from 'use-intl/core';
import { errorCodes } from '../../../src/common/error-code';
import { de } from './de';
import { en } from './en';
import { zh } from './zh';

type Tree = { readonly [name: string]: string | Tree };

/** Every text by its path. */
function flatten(texts: Tree, before = ''): [string, string][] {
  return Object.entries(texts).flatMap(([name, value]) =>
    typeof value === 'string' ? [[before + name, value]] : flatten(value, `${before}${name}.`),
  );
}

/** The names that stand in braces, and the tags: what a text is given. */
const given = (text: string): readonly string[] =>
  [
    ...new Set([...text.matchAll(/\{\s*(\w+)\s*[,}]|<\/?(\w+)>/g)].map(([, name, tag]) => name ?? tag ?? '')),
  ].sort();

const languages = { en, de, zh };
const english = new Map(flatten(en));

describe.each(Object.entries(languages))('the texts in %s', (locale, messages) => {
  const texts = flatten(messages);

  it('are all there, and no others', () => {
    expect(texts.map(([path]) => path).sort()).toEqual([...english.keys()].sort());
  });

  it('are not empty, and can be read as messages', () => {
    const problems: string[] = [];
    const translate = createTranslator({
      locale: locale as 'en',
      messages: messages,
      timeZone: 'UTC',
      onError: ({ message }) => problems.push(message),
    }) as unknown as { (path: string, values: object): string; rich(path: string, values: object): unknown };
    for (const [path, text] of texts) {
      const values = Object.fromEntries(given(text).map((name) => [name, 1]));
      const tags = Object.fromEntries(
        [...text.matchAll(/<(\w+)>/g)].map(([, tag = '']) => [tag, (inner: unknown) => String(inner)]),
      );
      if (Object.keys(tags).length > 0) translate.rich(path, { ...values, ...tags });
      else if (translate(path, values) === '') problems.push(`${path} is empty`);
    }
    expect(problems).toEqual([]);
  });

  it('are given the same as in English', () => {
    for (const [path, text] of texts)
      expect([path, given(text)]).toEqual([path, given(english.get(path) ?? '')]);
  });
});

describe('errors', () => {
  it('have a title and an advice for each code, and for a server that does not answer', () => {
    const codes = Object.entries(en.errors).flatMap(([name, text]) =>
      typeof text === 'string' ? [] : [name],
    );
    expect(codes.sort()).toEqual([...errorCodes, 'UNREACHABLE'].sort());
  });
});
