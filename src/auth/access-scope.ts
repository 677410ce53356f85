import { describedEnum } from '../common/described-enum.js';

export const AccessScope = describedEnum('AccessScope', 'What an access token may be used for.', {
  CHAT: 'To chat, to go on with chats and stop them, and to list models. A chat that searches the web needs SEARCH, too.',
  SEARCH: 'To search the web.',
  KEYS_READ:
    "To see which keys there are, masked, which of them a request would use, the caller's settings and alerts.",
  KEYS_WRITE:
    'To store, change, verify and delete keys, and to acknowledge alerts. Each change shows its key.',
  AUDIT: 'To read the audit trail and the sums of use.',
});
export type AccessScope = keyof typeof AccessScope;
