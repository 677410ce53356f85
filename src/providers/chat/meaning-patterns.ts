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
  try {
    for (const text of texts) {
      if (typeof text !== 'string') continue;
      const beginning = text.slice(0, MAX_LENGTH);
      const found = patterns.find(([pattern]) => pattern.test(beginning));
      if (found) return found[1];
    }
    return null;
  } finally {
    // The engine keeps the last text that matched (`RegExp.input`), and providers quote keys in theirs.
    NOTHING.test('');
  }
}
