import type { StreamedBody } from '../../outbound/outbound-http.js';
import type { Complaint } from '../../outbound/upstream-error.js';
import type { ChatRequest } from './contract.js';
import { type MediaPart, mediaOf } from './media.js';
import { mediaIn, withContents } from './media-slots.js';
import { valueAt } from './value-at.js';

/** The images and files of one request: what is sent of them, and which one a provider complains about. */
export class RequestContents {
  readonly #media: readonly MediaPart[];
  /** The request as it was sent last, with slots for contents; null where there are none. */
  #sent: unknown = null;
  #failure: { readonly error: unknown } | null = null;

  constructor({ messages }: ChatRequest) {
    this.#media = mediaOf(messages);
  }

  /** Why one of them could not be read, which is no fault of the provider's; null: none has failed. */
  get failure(): { readonly error: unknown } | null {
    return this.#failure;
  }

  /** What to send: the JSON itself, where there are none. */
  bodyOf(body: unknown, json: string): string | StreamedBody {
    if (this.#media.length === 0) return json;
    this.#sent = body;
    const contents = withContents(json, this.#media);
    return { length: contents.length, read: () => this.#watched(contents.read()) };
  }

  /** Where the caller's input has what the provider does not take; null where it does not say, or may mean all. */
  inputOf({ place, kind }: Complaint): string | null {
    const named = this.#at(place);
    const meant = named ? [named] : this.#media.filter(({ type }) => type === kind);
    // A provider seldom says which of several it means.
    return meant.length === 0 ? null : meant.map(({ inputPath }) => inputPath).join(' or ');
  }

  /** The only one within the innermost value on the way to a place that has any. */
  #at(place: readonly string[]): MediaPart | null {
    for (let end = place.length; end > 0; end -= 1) {
      const value = valueAt(this.#sent, ...place.slice(0, end));
      if (value === undefined) continue;
      const [found, ...others] = mediaIn(JSON.stringify(value), this.#media);
      return found && others.length === 0 ? found : null;
    }
    return null;
  }

  async *#watched(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const iterator = pieces[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#next(iterator);
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  /** What is thrown into the iteration is none of ours: a connection that broke. */
  async #next(iterator: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    try {
      return await iterator.next();
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }
}
