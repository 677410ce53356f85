import { secondsToRetryAfterMs } from './retry-after.js';

/** No message is nearly as long. */
const MAX_LENGTH = 10_000;
/** No time to wait is nearly as long, written out. */
const MAX_TIME_LENGTH = 80;

/** What a time to wait begins with: `Please try again in 6.379s`, `Please retry in 1m2.5s`, `retry after 20 seconds`. */
const introductions = ['try again in ', 'retry in ', 'try again after ', 'retry after '];

const secondsOf: ReadonlyMap<string, number> = new Map(
  (
    [
      [0.001, ['ms', 'msec', 'msecs', 'millisecond', 'milliseconds']],
      [1, ['s', 'sec', 'secs', 'second', 'seconds']],
      [60, ['m', 'min', 'mins', 'minute', 'minutes']],
      [3_600, ['h', 'hr', 'hrs', 'hour', 'hours']],
      [86_400, ['d', 'day', 'days']],
    ] as const
  ).flatMap(([seconds, units]) => units.map((unit) => [unit, seconds] as const)),
);

/**
 * When a provider's sentence says that a retry makes sense. Inside a stream no header can say it.
 *
 * Each character is looked at a few times at the most, in any text. Only the number is kept of it.
 *
 * @returns milliseconds from now; null where the sentence says nothing that can be read
 */
export function retryAfterMsIn(text: unknown): number | null {
  if (typeof text !== 'string') return null;
  const beginning = text.slice(0, MAX_LENGTH).toLowerCase();
  for (const introduction of introductions) {
    let at = beginning.indexOf(introduction);
    while (at >= 0) {
      const start = at + introduction.length;
      const seconds = secondsIn(beginning.slice(start, start + MAX_TIME_LENGTH));
      if (seconds !== null) return secondsToRetryAfterMs(seconds);
      at = beginning.indexOf(introduction, start);
    }
  }
  return null;
}

/** A number with its unit, and further ones behind it: `6.379s`, `120ms`, `1m2s`, `2 minutes 5 seconds`. */
function secondsIn(text: string): number | null {
  const reader = new TimeReader(text);
  let sum: number | null = null;
  for (;;) {
    const number = reader.number();
    const seconds = number === '' ? undefined : secondsOf.get(reader.unit());
    if (seconds === undefined) return sum;
    sum = (sum ?? 0) + Number(number) * seconds;
  }
}

class TimeReader {
  #at = 0;

  constructor(private readonly text: string) {}

  number(): string {
    return this.#take((character) => isDigit(character) || this.#isPoint(character));
  }

  unit(): string {
    return this.#take((character) => character >= 'a' && character <= 'z');
  }

  #take(belongs: (character: string) => boolean): string {
    while (this.text[this.#at] === ' ') this.#at += 1;
    const start = this.#at;
    while (belongs(this.text[this.#at] ?? '')) this.#at += 1;
    return this.text.slice(start, this.#at);
  }

  /** Between two digits it is a decimal point; anywhere else it ends the sentence. */
  #isPoint(character: string): boolean {
    return (
      character === '.' && isDigit(this.text[this.#at - 1] ?? '') && isDigit(this.text[this.#at + 1] ?? '')
    );
  }
}

const isDigit = (character: string): boolean => character >= '0' && character <= '9';
