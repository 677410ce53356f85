import { Injectable } from '@nestjs/common';
import { withDeadline } from '../common/deadline.js';
import { type KeyVerdict, keyVerdictOf } from '../common/key-verdicts.js';
import { SharedCalls } from '../common/shared-calls.js';
import type { KeyCaller } from '../keys/key-decisions.service.js';
import { digestOf } from '../keys/key-fault.js';
import {
  type ChosenKey,
  type KeyRequest,
  KeyResolutionService,
  type ResolvedKey,
} from '../keys/key-resolution.service.js';
import { KeyUseService } from '../keys/key-use.service.js';
import { maskOf } from '../keys/mask-of.js';
import { Admission } from '../limits/admission.js';
import { Limits } from '../limits/limits.service.js';
import { KeyLacksRightError, ProviderTimeoutError, UpstreamError } from '../outbound/upstream-error.js';
import { ChatAdapters } from '../providers/chat/chat-adapters.js';
import type { ChatProviderId } from '../providers/registry/provider-ids.js';
import { fillModels } from './fill-models.js';
import { type KeptList, KeptLists } from './kept-lists.js';
import type { Model } from './model.model.js';

/** Less than a query may take, in milliseconds: all pages of a list together. */
const LONGEST_MS = 10_000;

/** What is asked for, and with which key. */
export interface ListRequest {
  readonly caller: KeyCaller;
  readonly request: KeyRequest<ChatProviderId>;
  readonly chosen: ChosenKey<ChatProviderId>;
}

/** Lists of models as the providers give them, each to the key that it is asked for with. */
@Injectable()
export class LiveLists {
  readonly #kept = new KeptLists();
  readonly #calls = new SharedCalls<KeptList>();

  constructor(
    private readonly resolution: KeyResolutionService,
    private readonly uses: KeyUseService,
    private readonly adapters: ChatAdapters,
    private readonly limits: Limits,
    private readonly admission: Admission,
  ) {}

  /**
   * The list of a key, at most ten minutes old. Where none is kept, the provider is asked: that is a use of the key, and
   * counts among the caller's chats. Several callers at the same time ask once.
   *
   * @throws as `KeyResolutionService.openChosen` and `KeyWay.list`; RATE_LIMITED; SERVICE_UNAVAILABLE; after an abort,
   *   `signal.reason`
   */
  async get(asked: ListRequest, signal: AbortSignal): Promise<KeptList> {
    const name = nameOf(asked);
    const kept = isWorthKeeping(asked) ? this.#kept.get(name) : null;
    if (kept) return kept;
    const join = (onOpened: () => void): Promise<KeptList> =>
      this.#calls.join(name, signal, (shared) => this.ask(asked, name, shared, onOpened));
    if (this.#calls.has(name)) return join(() => undefined);
    const place = await this.admission.enter(signal);
    try {
      await this.limits.countChat(asked.caller.userId);
      return await join(() => place.release());
    } finally {
      place.release();
    }
  }

  /** @param onOpened called when the key is open, or cannot be opened */
  private async ask(
    { caller, request, chosen }: ListRequest,
    name: string,
    signal: AbortSignal,
    onOpened: () => void,
  ): Promise<KeptList> {
    // Callers that have left meanwhile use no key.
    const opening = { ...request, onOpen: () => signal.throwIfAborted() };
    const key = await this.resolution.openChosen(caller, opening, chosen).finally(onOpened);
    try {
      const models = await this.list(key, signal);
      await this.report(caller, key, verdictOnSuccess(chosen));
      return this.keep(name, models);
    } catch (error) {
      if (signal.aborted || !(error instanceof UpstreamError)) throw error;
      this.#kept.delete(name);
      await this.report(caller, key, verdictOf(error));
      // It would say the same for as long as a list is good.
      if (hasNoList(error) && key.endpoint === null) return this.keep(name, null);
      throw error;
    } finally {
      key.secret.destroy();
    }
  }

  private async list(key: ResolvedKey<ChatProviderId>, signal: AbortSignal): Promise<readonly Model[]> {
    const late = (): Error => new ProviderTimeoutError();
    const listed = await withDeadline(LONGEST_MS, signal, late, (inTime) =>
      this.adapters.for(key).list(maskOf(key), inTime),
    );
    return fillModels(key.provider, listed);
  }

  private keep(name: string, models: readonly Model[] | null): KeptList {
    const list = { models, fetchedAt: new Date() };
    this.#kept.set(name, list);
    return list;
  }

  private report(
    { userId, network }: KeyCaller,
    { keyId, provider }: ResolvedKey,
    verdict: KeyVerdict | null,
  ): Promise<void> {
    return this.uses.recordListing(userId, { keyId, provider, network }, verdict);
  }
}

/** What a list is kept under. Another record is another key; the server's keys do not change while it runs. */
function nameOf({ chosen: { candidate, stored } }: ListRequest): string {
  if (!stored) return `SERVER ${candidate.provider}`;
  return `USER ${digestOf(stored, stored.sealedKey?.envelope ?? '')}`;
}

/** A key that may not be used shows no list, and one that its provider rejects has to be tried again. */
const isWorthKeeping = ({ chosen: { candidate, stored } }: ListRequest): boolean =>
  candidate.chosen && stored?.health !== 'REJECTED';

/** The provider takes it. Of its credit, and of how often it may be used, a list says nothing. */
function verdictOnSuccess({ stored }: ChosenKey): KeyVerdict | null {
  const isSpent = stored?.health === 'EXHAUSTED' || stored?.health === 'RATE_LIMITED';
  return isSpent ? null : keyVerdictOf('OK');
}

/** That a key may not list models proves nothing of what else it may. */
const verdictOf = (error: UpstreamError): KeyVerdict | null =>
  error instanceof KeyLacksRightError ? null : keyVerdictOf(error.code);

const hasNoList = (error: UpstreamError): boolean =>
  error instanceof KeyLacksRightError || error.code === 'PROVIDER_BAD_REQUEST';
