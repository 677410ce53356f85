import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import type { Behaviour } from '../../demo/stand-in/behaviours.mjs';
import type { Exchange } from '../../demo/stand-in/exchange.mjs';
import type { StandIn } from '../../demo/stand-in/stand-in.mjs';
import type { ProviderSettings } from '../../src/common/provider-definition.js';
import { Secret } from '../../src/common/secret.js';
import type { Outbound } from '../../src/outbound/outbound-http.js';
import { UpstreamError } from '../../src/outbound/upstream-error.js';
import type { ChatPart, ChatProviderEntry, ChatRequest } from '../../src/providers/chat/contract.js';
import { StreamingAdapter } from '../../src/providers/chat/streaming-adapter.js';
import { failureOf } from '../support/collect.js';
import { partsOf } from '../support/parts.js';
import { useStandIn } from '../support/stand-in.js';
import { Connections } from './connections.js';

export const HELLO = [{ role: 'USER', content: 'Hello' }] as const;

export const KEY = 'sk-a-key-that-must-not-travel';

/** The texts in an answer that are long enough to be a provider's own words. */
export function sentencesIn(value: unknown): string[] {
  if (typeof value === 'string') return value.length > 12 ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(sentencesIn) : [];
}

export const joined = (type: 'text' | 'reasoning', parts: readonly ChatPart[]): string =>
  parts.map((part) => (part.type === type ? part.text : '')).join('');

export function inPiecesOf(size: number, bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

/** One adapter, and the stand-in that it talks to, anew for each test. */
export interface AdapterHarness {
  readonly standIn: () => StandIn;
  /** What leads to an address. */
  readonly outboundTo: (api: string) => Outbound;
  /** Calls the adapter with the key that the stand-in accepts. */
  readonly stream: (
    request?: Partial<ChatRequest>,
    signal?: AbortSignal,
    overrides?: Partial<ProviderSettings>,
  ) => AsyncIterable<ChatPart>;
  /** Scripts the next answer; resolves to the request. */
  readonly answerWith: (behaviour: Behaviour) => Promise<Exchange>;
  readonly fixture: (name: string) => Promise<Buffer>;
  /** The code of a failure that reveals nothing of the key, nor of what the provider said. */
  readonly codeOf: (work: AsyncIterable<ChatPart>, said?: unknown) => Promise<string>;
}

/** Where a stand-in plays a provider, or an endpoint of a user. */
export const addressOf = ({ id, environment }: ChatProviderEntry, standIn: StandIn): string =>
  standIn.environment()[environment?.endpoints.api.variable ?? `${id}_BASE_URL`]!;

export function useAdapter(entry: ChatProviderEntry, model: string): AdapterHarness {
  const standIn = useStandIn();
  let connections: Connections;

  beforeEach(() => {
    connections = new Connections();
    standIn().acceptKey(entry.id, KEY);
  });
  afterEach(async () => {
    await connections.close();
  });

  return {
    standIn,
    outboundTo: (api) => connections.to(entry, api),
    stream(request = {}, signal = new AbortController().signal, overrides = {}) {
      const api = addressOf(entry, standIn());
      const settings: ProviderSettings = {
        endpoints: { api },
        firstByteTimeoutMs: 10_000,
        idleTimeoutMs: 10_000,
        ...overrides,
      };
      const outbound = connections.to(entry, settings.endpoints.api ?? api);
      const adapter = new StreamingAdapter(entry.dialect, settings, outbound, () => undefined);
      const asked = { model, messages: HELLO, ...request };
      return partsOf((onParts) => adapter.stream(asked, Secret.fromText(KEY), signal, onParts));
    },
    answerWith(behaviour) {
      standIn().once(entry.id, behaviour);
      return standIn().nextRequest(entry.id);
    },
    fixture: (name) =>
      readFile(new URL(`../fixtures/${entry.id.toLowerCase()}/${name}.sse`, import.meta.url)),
    async codeOf(work, said = null) {
      const failure = await failureOf(work);
      if (!(failure instanceof UpstreamError)) throw failure;
      const printed = inspect(failure, { depth: 20, showHidden: true }) + JSON.stringify(failure);
      for (const secret of [KEY, 'cause', ...sentencesIn(said)]) expect(printed).not.toContain(secret);
      return failure.code;
    },
  };
}
