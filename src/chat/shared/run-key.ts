import { shortDigest } from '../../redis/short-digest.js';

/** The name of a user's run among all runs: with another user's id, the same chat id names another run. */
export const runKeyOf = (userId: string, chatId: string): string => `${shortDigest(userId)}:${chatId}`;
