import type { Violation } from '../../common/input-errors.js';
import type { SchemaRefusal } from '../../providers/chat/response-schema/schema-subset.js';
import { type ChatProviderId, getProviderEntry } from '../../providers/registry/provider-ids.js';
import type { AskedChat } from '../conversation/conversation.service.js';
import type { ChatInput } from '../schema/chat.inputs.js';

/** Why a provider cannot be asked for an answer that fits the chat's schema; null where it can, or there is none. */
export function schemaViolation(
  provider: ChatProviderId,
  model: string,
  { webSearch, reasoningEffort }: Pick<ChatInput, 'webSearch' | 'reasoningEffort'>,
  { responseSchema, tools }: Pick<AskedChat, 'responseSchema' | 'tools'>,
): Violation | null {
  if (responseSchema === null) return null;
  const { displayName, dialect } = getProviderEntry(provider);
  const { schema } = responseSchema;
  const demand = {
    schema,
    model,
    hasTools: Boolean(webSearch ?? tools),
    isToReason: Boolean(reasoningEffort),
  };
  const refusal: SchemaRefusal | null = dialect.schemaRefusalOf
    ? dialect.schemaRefusalOf(demand)
    : { place: '', problem: 'takes no schema for its answers' };
  if (refusal === null) return null;
  const path = refusal.place === '' ? 'input.responseSchema' : `input.responseSchema.${refusal.place}`;
  return { path, message: `${displayName} ${refusal.problem}` };
}
