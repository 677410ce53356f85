import { shortDigest } from '../../redis/short-digest.js';

/** Names a user's run among all runs: one user's names lead to nobody else's runs. */
export const runKeyOf = (userId: string, chatId: string): string => `${shortDigest(userId)}:${chatId}`;
