import type { ResolvedKey } from '../keys/key-resolution.service.js';
import type { ChatAdapter, ChatRequest } from '../providers/contract.js';
import type { ChatProviderId } from '../registry/provider-ids.js';
import type { ChatAttempt, ChatSource, SourcePart } from './chat-source.js';

/** One call of one provider. */
export class ProviderSource implements ChatSource {
  readonly first: ChatAttempt;

  constructor(
    private readonly adapter: ChatAdapter,
    private readonly key: ResolvedKey<ChatProviderId>,
    private readonly request: ChatRequest,
  ) {
    const { provider, source: keySource, keyId, maskedKey } = key;
    this.first = { provider, model: request.model, keySource, keyId, maskedKey };
  }

  stream(signal: AbortSignal): AsyncIterable<SourcePart> {
    return this.adapter.stream(this.request, this.key.secret, signal);
  }

  close(): void {
    this.key.secret.destroy();
  }
}
