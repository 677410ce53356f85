import { InvalidValueError } from './variable.js';

/** A text that repeats fewer characters than this has been typed, or is a placeholder. */
const LONGEST_UNIT = 15;

/** Of 32 random hex characters, fewer different ones come once in three million million. */
const FEWEST_DIFFERENT = 6;

/**
 * Holds a secret against what no random one looks like. It finds placeholders and slips, not all that can be guessed.
 *
 * @throws InvalidValueError
 */
export function checkIsRandom(secret: string): void {
  if (repeatsUnit(secret, LONGEST_UNIT)) {
    throw new InvalidValueError('repeats a few characters, so it is not random; make a new one');
  }
  if (new Set(secret).size < FEWEST_DIFFERENT) {
    throw new InvalidValueError('has too few different characters, so it is not random; make a new one');
  }
}

/** Whether a text of some length is one unit over and over, the last time perhaps in part. */
export function repeatsUnit(text: string, longest: number): boolean {
  for (let length = 1; length <= longest; length += 1) {
    if (text.startsWith(text.slice(length))) return true;
  }
  return false;
}
