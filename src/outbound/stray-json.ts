import { ByteBuffer } from './byte-buffer.js';
import { JsonBounds } from './json-bounds.js';

/** An error is not nearly as long. */
const MAX_BYTES = 65_536;

const SPACES = [0x20, 0x09];
const OPENINGS = [0x7b, 0x5b];
const BREAK = Uint8Array.of(0x0a);

/**
 * Finds JSON that stands in a stream of events and is none: so some services, and what stands in front of them, tell
 * that they have failed. It may take several lines.
 *
 * Each byte is looked at once or twice, and no more is kept than {@link MAX_BYTES}.
 */
export class StrayJson {
  readonly #bytes = new ByteBuffer();
  #bounds = new JsonBounds();

  /**
   * Takes the next line that is no part of an event.
   *
   * @returns the JSON that it completes; it need not be valid
   */
  add(line: Uint8Array): string | null {
    if (this.#bytes.length + line.length > MAX_BYTES) return this.#forget();
    if (this.#bytes.length === 0 && !begins(line)) return null;
    if (!this.#isWithinBounds(line)) return this.#forget();
    this.#bytes.append(line);
    this.#bytes.append(BREAK);
    if (!this.#bounds.isClosed) return null;
    const text = this.#bytes.bytes.toString('utf8');
    this.#forget();
    return text;
  }

  /** Something else goes on: what has begun does not end. */
  interrupt(): void {
    if (this.#bytes.length > 0) this.#forget();
  }

  #forget(): null {
    this.#bytes.clear();
    this.#bounds = new JsonBounds();
    return null;
  }

  #isWithinBounds(line: Uint8Array): boolean {
    try {
      // Only brackets, quotes and their like count: bytes do as well as characters.
      this.#bounds.add(Buffer.from(line).toString('latin1'));
      return true;
    } catch {
      return false;
    }
  }
}

function begins(line: Uint8Array): boolean {
  const first = line.find((byte) => !SPACES.includes(byte));
  return first !== undefined && OPENINGS.includes(first);
}
