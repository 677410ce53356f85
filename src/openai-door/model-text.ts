import type { Violations } from '../chat/conversation/violations.js';
import {
  type ChatProviderId,
  isEndpointProvider,
  providerIdsOf,
} from '../providers/registry/provider-ids.js';

/** What a text names that stands for a model in OpenAI's wire format. */
export interface NamedModel {
  /** Null: the first with a key. */
  readonly provider: ChatProviderId | null;
  readonly endpoint: string | null;
  readonly model: string;
}

const providers: ReadonlyMap<string, ChatProviderId> = new Map(
  providerIdsOf('CHAT').map((id) => [id.toLowerCase(), id]),
);

/** `openai/gpt-4o`, `custom/home/llama3` (no endpoint has a slash in its name); a model of no provider that is named: `gpt-4o`. */
export function readModelText(text: string, violations: Violations): NamedModel {
  const provider = providers.get(text.split('/', 1)[0] ?? '') ?? null;
  if (provider === null || !text.includes('/')) return { provider: null, endpoint: null, model: text };
  const rest = text.slice(text.indexOf('/') + 1);
  const prefix = provider.toLowerCase();
  if (!isEndpointProvider(provider)) {
    if (rest === '') violations.add('model', `must name a model: ${prefix}/<model>`);
    return { provider, endpoint: null, model: rest };
  }
  const end = rest.indexOf('/');
  if (end < 1 || end === rest.length - 1)
    violations.add('model', `must name an endpoint and a model: ${prefix}/<endpoint>/<model>`);
  return { provider, endpoint: rest.slice(0, Math.max(end, 0)), model: rest.slice(end + 1) };
}

/** A text that {@link readModelText} reads as this model. */
export function toModelText({
  provider,
  endpoint,
  model,
}: NamedModel & { provider: ChatProviderId }): string {
  const names = endpoint === null ? [model] : [endpoint, model];
  return [provider.toLowerCase(), ...names].join('/');
}
