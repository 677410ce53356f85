import type { Secret } from '../common/secret.js';
import type { ChatAdapter, ChatPart, ChatRequest } from './contract.js';

/** An adapter whose failures somebody is told of, each call's own. It adds no step between provider and reader. */
export class ReportedAdapter implements ChatAdapter {
  constructor(
    private readonly adapter: ChatAdapter,
    private readonly report: (error: unknown) => void,
  ) {}

  stream(request: ChatRequest, key: Secret, signal: AbortSignal): AsyncIterableIterator<ChatPart, undefined> {
    const parts = this.adapter.stream(request, key, signal)[Symbol.asyncIterator]();
    const { report } = this;
    return {
      next: async () => {
        try {
          return await parts.next();
        } catch (error) {
          report(error);
          throw error;
        }
      },
      return: async () => {
        await parts.return?.();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}
