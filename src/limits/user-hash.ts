import { createHash } from 'node:crypto';

/** 132 bits: no two users share one. */
const LENGTH = 22;

/** What stands for a user in the names of Redis's keys, which show in its tools, logs and backups. */
export const userHash = (userId: string): string =>
  createHash('sha256').update(userId).digest('base64url').slice(0, LENGTH);
