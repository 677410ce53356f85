import { createHash } from 'node:crypto';

/** Characters of base64url: 132 bits of SHA-256, enough that no two texts share one. */
const LENGTH = 22;

/** Stands for a text, such as a user's id, in the names of Redis's keys, which show in its tools and backups. */
export const shortDigest = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, LENGTH);
