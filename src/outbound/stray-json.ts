import { JsonBounds } from './json-bounds.js';
import { TextBuffer } from './text-buffer.js';

/** An error is not nearly as long. */
const MAX_LENGTH = 65_536;

const BEGINNING = /^[ \t]*[[{]/;

/**
 * Finds JSON that stands in a stream of events without being one: some services, and gateways in front of them, report
 * a failure like this. It may take several lines.
 *
 * Each character is looked at once or twice, and no more is kept than {@link MAX_LENGTH}.
 */
export class StrayJson {
  readonly #text = new TextBuffer();
  #bounds = new JsonBounds();

  /**
   * Takes the next line that is no part of an event.
   *
   * @returns the JSON that it completes; it need not be valid
   */
  add(line: string): string | null {
    if (this.#text.length + line.length > MAX_LENGTH) return this.#forget();
    if (this.#text.length === 0 && !BEGINNING.test(line)) return null;
    if (!this.#isWithinBounds(line)) return this.#forget();
    this.#text.append(line);
    this.#text.append('\n');
    if (!this.#bounds.isClosed) return null;
    const text = this.#text.take();
    this.#forget();
    return text;
  }

  /** Something else goes on: what has begun does not end. */
  interrupt(): void {
    if (this.#text.length > 0) this.#forget();
  }

  #forget(): null {
    this.#text.take();
    this.#bounds = new JsonBounds();
    return null;
  }

  #isWithinBounds(line: string): boolean {
    try {
      this.#bounds.add(line);
      return true;
    } catch {
      return false;
    }
  }
}
