import {
  OutboundHttp,
  type OutboundRequest,
  type OutboundResponse,
} from '../../src/outbound/outbound-http.js';

/** Reports what the real thing does, for tests that must act at one of its moments. */
export class WatchedHttp extends OutboundHttp {
  /** Requests begun so far. */
  requestCount = 0;
  /** Resolves when the first response's headers are there. */
  readonly firstHead: Promise<void>;
  readonly #onHead: () => void;

  constructor() {
    super();
    let onHead = (): void => undefined;
    this.firstHead = new Promise((resolve) => {
      onHead = resolve;
    });
    this.#onHead = onHead;
  }

  override async request(request: OutboundRequest): Promise<OutboundResponse> {
    this.requestCount += 1;
    const response = await super.request(request);
    this.#onHead();
    return response;
  }
}
