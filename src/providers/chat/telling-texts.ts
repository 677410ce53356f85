/** What a provider's text gives away: a code or a name of ours for each pattern. The first that is found decides. */
export type TellingTexts<Meaning extends string> = readonly (readonly [pattern: RegExp, meaning: Meaning])[];

/** No message is nearly as long; what is made to keep the patterns busy is. */
const MAX_LENGTH = 10_000;

/** Matches everything, and nothing of it. */
const NOTHING = /(?:)/;

/** Looks for patterns in texts that may be anything. Nothing of a text goes on but which pattern was found in it. */
export function meaningOf<Meaning extends string>(
  texts: readonly unknown[],
  telling: TellingTexts<Meaning>,
): Meaning | null {
  try {
    for (const text of texts) {
      if (typeof text !== 'string') continue;
      const beginning = text.slice(0, MAX_LENGTH);
      const found = telling.find(([pattern]) => pattern.test(beginning));
      if (found) return found[1];
    }
    return null;
  } finally {
    // The engine keeps the last text that matched (`RegExp.input`), and providers quote keys in theirs.
    NOTHING.test('');
  }
}
