/** Patterns of one key, and the characters of one. */
export const MAX_PATTERNS = 50;
export const MAX_PATTERN_LENGTH = 200;

/** A model's name, in which `*` stands for any characters, also none. */
export type KeyPattern = string;

/** Whether a model is one of those that the patterns name. It takes as long as both are, however many stars there are. */
export const matchesAny = (model: string, patterns: readonly KeyPattern[]): boolean =>
  patterns.some((pattern) => matches(model, pattern));

/** Each piece between two stars at the first place where it fits: if any choice fits, that one does. */
function matches(model: string, pattern: KeyPattern): boolean {
  const pieces = pattern.split('*');
  const [first = '', last = ''] = [pieces[0], pieces.at(-1)];
  if (pieces.length === 1) return model === pattern;
  if (!model.startsWith(first)) return false;
  let place = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = model.indexOf(piece, place);
    if (found < 0) return false;
    place = found + piece.length;
  }
  return model.length - last.length >= place && model.endsWith(last);
}
