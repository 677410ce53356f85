/** What the build leaves open in a page: a nonce, wherever something needs one, and what the page is to know. */
const PLACES = /(nonce="KEYSTREAM_NONCE"|content="KEYSTREAM_SETTINGS")/;

export interface PageValues {
  /** In base64. */
  readonly nonce: string;
  readonly settings?: object;
}

/** A page with places that each answer fills in anew. What is filled in is never looked at for further places. */
export class PageTemplate {
  readonly #pieces: readonly string[];

  constructor(text: string) {
    this.#pieces = text.split(PLACES);
  }

  has(place: 'nonce' | 'content'): boolean {
    return this.#pieces.some((piece) => PLACES.test(piece) && piece.startsWith(place));
  }

  fill({ nonce, settings = {} }: PageValues): string {
    const content = escapeForAttribute(JSON.stringify(settings));
    return this.#pieces
      .map((piece) => {
        if (!PLACES.test(piece)) return piece;
        return piece.startsWith('nonce') ? `nonce="${nonce}"` : `content="${content}"`;
      })
      .join('');
  }
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeForAttribute = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => references[character] ?? '');
