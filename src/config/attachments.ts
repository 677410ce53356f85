import { byteLimit, milliseconds } from './parsers.js';
import type { DefaultedVariable } from './variable.js';
import type { VariableReader } from './variable-reader.js';

export interface AttachmentsConfig {
  /** The most bytes that an attachment may have. */
  readonly maxBytes: number;
  /** Milliseconds for which an attachment is kept. */
  readonly retentionMs: number;
}

export const attachmentVariables = {
  maxBytes: {
    name: 'MAX_ATTACHMENT_BYTES',
    meaning: 'largest image or file that POST /attachments takes, in bytes; a user has room for ten such',
    default: '20971520',
    parse: byteLimit,
  } satisfies DefaultedVariable<number>,
  retentionMs: {
    name: 'ATTACHMENT_RETENTION_MS',
    meaning: 'how long an attachment is kept, in milliseconds',
    default: '86400000',
    parse: milliseconds(1),
  } satisfies DefaultedVariable<number>,
};

export function readAttachments(reader: VariableReader): AttachmentsConfig {
  return {
    maxBytes: reader.read(attachmentVariables.maxBytes),
    retentionMs: reader.read(attachmentVariables.retentionMs),
  };
}
