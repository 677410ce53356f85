import { inspect } from 'node:util';

const PRINTED = '[secret]';

/**
 * A key in the clear. It prints as `[secret]` in every place that prints values, and its bytes live in a buffer of
 * its own that {@link destroy} overwrites: `allocUnsafeSlow` keeps them out of Node's shared pool.
 *
 * Only adapters, crypto and {@link KeyMask} may call {@link reveal}; a lint rule holds everybody else to that.
 */
export class Secret {
  readonly #bytes: Buffer;
  #destroyed = false;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Copies `text` as UTF-8. The string itself stays where it came from. */
  static fromText(text: string): Secret {
    const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
    bytes.write(text);
    return new Secret(bytes);
  }

  /** Copies `bytes`; the caller overwrites the original. */
  static fromBytes(bytes: Uint8Array): Secret {
    const copy = Buffer.allocUnsafeSlow(bytes.length);
    copy.set(bytes);
    return new Secret(copy);
  }

  /** A copy with a life of its own: destroying one leaves the other. */
  clone(): Secret {
    return Secret.fromBytes(this.revealBytes());
  }

  /** The key as text, for the one call that sends it. Never keep what it returns. */
  reveal(): string {
    return this.revealBytes().toString('utf8');
  }

  /** The key's own bytes, not a copy: they turn to zeros when the secret is destroyed. */
  revealBytes(): Buffer {
    if (this.#destroyed) throw new Error('This secret was destroyed.');
    return this.#bytes;
  }

  /** Overwrites the bytes. May be called more than once. */
  destroy(): void {
    this.#destroyed = true;
    this.#bytes.fill(0);
  }

  toString(): string {
    return PRINTED;
  }

  toJSON(): string {
    return PRINTED;
  }

  [inspect.custom](): string {
    return PRINTED;
  }
}
