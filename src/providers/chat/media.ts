/** Bytes that go with a conversation. They are read when they are sent, as often as that is, and kept nowhere. */
export interface MediaContent {
  /** How many there are. */
  readonly bytes: number;
  /** The bytes in their order, in pieces of any length. @throws an error of ours, which is no provider's */
  read(): AsyncIterable<Uint8Array>;
}

/** An image, or a file: a PDF, or text in UTF-8. */
export interface MediaPart {
  readonly type: 'image' | 'file';
  /** By its content: one of {@link IMAGE_TYPES}, {@link PDF}, or one of text. */
  readonly mimeType: string;
  /** What its owner calls it. */
  readonly name: string | null;
  /** Where the caller's input has it, which an error names: `messages.0.parts.1`. */
  readonly inputPath: string;
  /** Stands for the content in a request until that is sent: a random UUID, that no text of a client has. */
  readonly slot: string;
  readonly content: MediaContent;
}

/** What a message holds, in the order of its author. A text is not empty. */
export type ContentPart = { readonly type: 'text'; readonly text: string } | MediaPart;

export const PDF = 'application/pdf';
export const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'] as const;

/** The images and files of a conversation. */
export const mediaOf = (
  turns: readonly { readonly role: string; readonly content?: unknown }[],
): MediaPart[] =>
  turns.flatMap(({ content }) =>
    Array.isArray(content) ? (content as ContentPart[]).filter((part) => part.type !== 'text') : [],
  );

/** What an API takes beside text. Which of its models look at it, and how large it may be, is for the API to say. */
export interface MediaTypes {
  readonly images: readonly string[];
  readonly pdf: boolean;
}

export const everyMediaType: MediaTypes = { images: IMAGE_TYPES, pdf: true };

/** Files that are told as what they are, a text, where an API has no other way. */
export const isTextFile = ({ type, mimeType }: MediaPart): boolean => type === 'file' && mimeType !== PDF;

export const takes = ({ images, pdf }: MediaTypes, part: MediaPart): boolean =>
  part.type === 'image' ? images.includes(part.mimeType) : part.mimeType !== PDF || pdf;
