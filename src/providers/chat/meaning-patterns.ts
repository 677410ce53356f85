/** What a provider's text means: a code or a name of ours for each pattern. The first that matches decides. */
export type MeaningPatterns<Meaning extends string> = readonly (readonly [
  pattern: RegExp,
  meaning: Meaning,
])[];

/** No message is nearly as long; what is made to keep the patterns busy is. */
const MAX_LENGTH = 10_000;

/** Matches everything, and nothing of it. */
const NOTHING = /(?:)/;

/** Looks for patterns in texts that may be anything. Of a text, only which pattern matched is kept. */
export function meaningOf<Meaning extends string>(
  texts: readonly unknown[],
  patterns: MeaningPatterns<Meaning>,
): Meaning | null {
  return found(texts, (text) => patterns.find(([pattern]) => pattern.test(text))?.[1] ?? null);
}

/** The words and numbers within what matches first; of a text nothing else is kept. */
export const wordsOf = (texts: readonly unknown[], pattern: RegExp): readonly string[] =>
  found(texts, (text) => pattern.exec(text)?.[0].match(/\w+/g) ?? null) ?? [];

function found<Meaning>(texts: readonly unknown[], find: (text: string) => Meaning | null): Meaning | null {
  try {
    for (const text of texts) {
      const meaning = typeof text === 'string' ? find(text.slice(0, MAX_LENGTH)) : null;
      if (meaning !== null) return meaning;
    }
    return null;
  } finally {
    // The engine keeps the last text that matched (`RegExp.input`), and providers quote keys in theirs.
    NOTHING.test('');
  }
}
