/** How many bytes tell what a content is. */
const SIGNATURE_BYTES = 12;

/** https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern, and ISO 32000-1 section 7.5.2; in Latin-1. */
/* eslint-disable no-control-regex -- that is what formats begin with */
const signatures = [
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^\x89PNG\r\n\x1a\n/, 'image/png'],
  [/^GIF8[79]a/, 'image/gif'],
  [/^RIFF[^]{4}WEBP/, 'image/webp'],
  [/^%PDF-/, 'application/pdf'],
] as const;
/* eslint-enable no-control-regex */

export const TEXT = 'text/plain';

/** What a content may be. */
export type ContentType = (typeof signatures)[number][1] | typeof TEXT;

/** No text has these: https://mimesniff.spec.whatwg.org/#binary-data-byte */
// eslint-disable-next-line no-control-regex
const BINARY = /[\0-\x08\x0b\x0e-\x1a\x1c-\x1f]/;

/** Tells by a content what it is, whatever it is called: one of five by how it begins, or text in UTF-8. */
export class ContentSniffer {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #beginning = Buffer.alloc(0);
  #isText = true;

  /** Takes what comes next. @returns false where it cannot be any of the types, whatever comes */
  push(chunk: Uint8Array): boolean {
    if (this.#beginning.length < SIGNATURE_BYTES) {
      const missing = chunk.subarray(0, SIGNATURE_BYTES - this.#beginning.length);
      this.#beginning = Buffer.concat([this.#beginning, missing]);
    }
    this.#isText &&= this.#decode(chunk);
    const mayBeSigned = this.#beginning.length < SIGNATURE_BYTES || this.#signature() !== null;
    return this.#isText || mayBeSigned;
  }

  /** Of all that came; null: none of the types, or nothing came. */
  end(): ContentType | null {
    if (this.#beginning.length === 0) return null;
    return this.#signature() ?? (this.#isText && this.#decode() ? TEXT : null);
  }

  #signature(): ContentType | null {
    const beginning = this.#beginning.toString('latin1');
    return signatures.find(([pattern]) => pattern.test(beginning))?.[1] ?? null;
  }

  /** @param chunk undefined: no more comes */
  #decode(chunk?: Uint8Array): boolean {
    try {
      return !BINARY.test(this.#decoder.decode(chunk, { stream: chunk !== undefined }));
    } catch {
      return false;
    }
  }
}
