import { createHash } from 'node:crypto';

/** 132 bits of SHA-256: names in Redis tell nothing of users, and one user's lead to nobody else's. */
export const digestOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** Names a user's run among all runs. */
export const runKeyOf = (userId: string, chatId: string): string => `${digestOf(userId)}:${chatId}`;
