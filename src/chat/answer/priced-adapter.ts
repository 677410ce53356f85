import { costOf } from '../../catalogue/prices.js';
import { type Cost, costOfPicos } from '../../common/cost.js';
import type {
  ChatPart,
  ChatRequest,
  KeyedChatAdapter,
  PartConsumer,
  TokenUsage,
} from '../../providers/chat/contract.js';
import type { ChatProviderId } from '../../providers/registry/provider-ids.js';

/**
 * An adapter whose usage has a cost: the API's own, where it says one, or that of the catalogue at the time. Each request has
 * its own, for long ones have other prices.
 */
export class PricedAdapter implements KeyedChatAdapter {
  constructor(
    private readonly adapter: KeyedChatAdapter,
    private readonly provider: ChatProviderId,
  ) {}

  stream(request: ChatRequest, signal: AbortSignal, onParts: PartConsumer): Promise<void> {
    const priced = (part: ChatPart): ChatPart =>
      part.type === 'usage' ? { ...part, usage: this.#price(part.usage, request.model) } : part;
    return this.adapter.stream(request, signal, (parts) =>
      onParts(parts.some(({ type }) => type === 'usage') ? parts.map(priced) : parts),
    );
  }

  #price(usage: TokenUsage, model: string): TokenUsage {
    return { ...usage, cost: usage.cost ?? this.#listPrice(usage, model) };
  }

  #listPrice(usage: TokenUsage, model: string): Cost | null {
    const picos = costOf(this.provider, model, usage, new Date());
    return picos === null ? null : costOfPicos(picos);
  }
}
