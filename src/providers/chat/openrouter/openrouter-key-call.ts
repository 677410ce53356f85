import { KeyExhaustedError } from '../../../outbound/upstream-error.js';
import type { ChatDialect } from '../chat-dialect.js';
import { valueAt } from '../value-at.js';

/**
 * The API lists models to everybody, which proves nothing of a key:
 * https://openrouter.ai/docs/api/api-reference/api-keys/get-current-key
 */
export const openRouterKeyCall: NonNullable<ChatDialect['keyCall']> = {
  toRequest: ({ api }) => ({ url: `${api}/v1/key` }),
  proofIn(answer) {
    if (typeof valueAt(answer, 'data', 'usage') !== 'number') return null;
    // Null: the key has no limit of its own.
    const left = valueAt(answer, 'data', 'limit_remaining');
    if (typeof left === 'number' && left <= 0) throw new KeyExhaustedError();
    return 'The provider accepted it. Whether its account has credit was not asked.';
  },
};
