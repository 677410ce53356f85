import type { KeyUseService } from '../../keys/key-use.service.js';
import type { ChatAttempt } from '../run/chat-source.js';

type FinishedUse = Parameters<KeyUseService['finish']>[1];

/** The end of a chat, as the account of its key's use has it: in the name of the attempt that ended it. */
export function finishedChat(
  chatId: string,
  { provider, keyId, keySource, model }: ChatAttempt,
  end: Omit<FinishedUse, 'kind' | 'chatId' | 'provider' | 'keyId' | 'keySource' | 'model'>,
): FinishedUse {
  return { kind: 'CHAT_FINISHED', provider, keyId, keySource, chatId, model, ...end };
}
