import { createHash } from 'node:crypto';

/** Characters of base64url: enough to tell a few things apart, and far too few to find out what they stand for. */
const LENGTH = 8;

/** Stands for a token or a masked key among others, and does not say what it is. */
export const shortName = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, LENGTH);
