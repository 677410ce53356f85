import { AppError } from '../common/app-error.js';

/** What is wrong with what was sent to be kept. */
abstract class AttachmentRefusedError extends AppError {
  readonly code = 'BAD_USER_INPUT';
  readonly retryable = false;
}

export class NoFileError extends AttachmentRefusedError {
  constructor() {
    super('The request must be multipart/form-data (RFC 7578) with one part: a file in the field "file".');
  }
}

export class AttachmentTooLargeError extends AttachmentRefusedError {
  override readonly httpStatus = 413;

  constructor(maxBytes: number) {
    super(`An attachment has at most ${String(maxBytes)} bytes (MAX_ATTACHMENT_BYTES).`);
  }
}

export class UnknownContentError extends AttachmentRefusedError {
  override readonly httpStatus = 415;

  constructor() {
    super(
      'The content must be a PNG, JPEG, WebP or GIF image, a PDF, or text in UTF-8, and not empty. What the file is called does not count.',
    );
  }
}

/** It was there when the chat, or the sending of it, began. */
export class AttachmentLostError extends AttachmentRefusedError {
  constructor() {
    super('An attachment is not there any more, or cannot be read. Send it again.');
  }
}
