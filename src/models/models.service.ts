import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { mapInTurns } from '../common/event-loop-turn.js';
import { Config } from '../config/config.js';
import { checkEndpointStands } from '../keys/check-endpoint.js';
import type { KeyCaller } from '../keys/key-decisions.service.js';
import { findRefusal } from '../keys/key-permission.js';
import { type KeyRequest, KeyResolutionService } from '../keys/key-resolution.service.js';
import { NoKeyAvailableError } from '../keys/keys.errors.js';
import type { ResolvableKey } from '../keys/stored-key.js';
import { whileItChanges } from '../keys/while-it-changes.js';
import { UpstreamError } from '../outbound/upstream-error.js';
import {
  type ChatProviderId,
  getProviderEntry,
  isEndpointProvider,
} from '../providers/registry/provider-ids.js';
import { cataloguedModels } from './catalogued-models.js';
import type { KeptList } from './kept-lists.js';
import { type ListRequest, LiveLists } from './live-lists.service.js';
import type { Model, ModelList } from './model.model.js';

/** Whose models are asked for. */
interface ListPlace {
  readonly provider: ChatProviderId;
  /** The name of one of the caller's, with the provider whose keys have addresses. */
  readonly endpoint: string | null;
}

/** What the provider says of the key: nothing takes the place of that. */
const ABOUT_THE_KEY: ReadonlySet<string> = new Set([
  'KEY_REJECTED',
  'KEY_EXHAUSTED',
  'PROVIDER_RATE_LIMITED',
]);

const isAboutTheRequest = (error: AppError): boolean =>
  !(error instanceof UpstreamError) || ABOUT_THE_KEY.has(error.code);

const isAboutTheKey = ({ code }: AppError): boolean =>
  code === 'CONFLICT' || (code.startsWith('KEY_') && code !== 'KEY_EXHAUSTED');

/** The models that a chat of a user may name. */
@Injectable()
export class ModelsService {
  constructor(
    private readonly resolution: KeyResolutionService,
    private readonly lists: LiveLists,
    private readonly config: Config,
  ) {}

  /**
   * @param endpoint the name of one of the caller's, with the provider whose keys have addresses
   * @throws BAD_USER_INPUT, RATE_LIMITED, CONFLICT, SERVICE_UNAVAILABLE; KEY_EXPIRED, KEY_NOT_PERMITTED, KEY_UNREADABLE;
   *   KEY_REJECTED, KEY_EXHAUSTED, PROVIDER_RATE_LIMITED; of an endpoint NO_KEY_AVAILABLE, and every failure of it; after
   *   an abort, `signal.reason`
   */
  async list(
    caller: KeyCaller,
    provider: ChatProviderId,
    endpoint: string | null,
    signal: AbortSignal,
  ): Promise<ModelList> {
    return await this.listUnless(isAboutTheRequest, caller, { provider, endpoint }, signal);
  }

  /**
   * The same for one of many lists: what is known of the provider takes the place of its answer, unless it is the key that
   * cannot be used.
   *
   * @throws as {@link list}, of an endpoint; else BAD_USER_INPUT, CONFLICT, KEY_…, SERVICE_UNAVAILABLE of the database
   */
  async listAnyway(
    caller: KeyCaller,
    provider: ChatProviderId,
    endpoint: string | null,
    signal: AbortSignal,
  ): Promise<ModelList> {
    return await this.listUnless(isAboutTheKey, caller, { provider, endpoint }, signal);
  }

  /** @param isFinal what no catalogue takes the place of */
  private async listUnless(
    isFinal: (error: AppError) => boolean,
    caller: KeyCaller,
    place: ListPlace,
    signal: AbortSignal,
  ): Promise<ModelList> {
    checkEndpointStands(place);
    return await whileItChanges(() => this.listOnce(caller, place, isFinal, signal));
  }

  private async listOnce(
    caller: KeyCaller,
    { provider, endpoint }: ListPlace,
    isFinal: (error: AppError) => boolean,
    signal: AbortSignal,
  ): Promise<ModelList> {
    const request = requestFor(provider, endpoint);
    const chosen = await this.resolution.choose(caller, request);
    if (!chosen) return await this.withoutKey(provider);
    const list = await this.find({ caller, request, chosen }, isFinal, signal);
    const { stored } = chosen;
    const live = list?.models ?? null;
    const models = live ?? (await this.catalogued(provider));
    return {
      source: live ? 'LIVE' : 'CATALOGUE',
      fetchedAt: (live && list?.fetchedAt) ?? null,
      keyId: stored?.id ?? null,
      models: stored ? await allowedFor(stored, models) : [...models],
    };
  }

  /** Null where the provider has no answer to give, and there is a catalogue. */
  private async find(
    asked: ListRequest,
    isFinal: (error: AppError) => boolean,
    signal: AbortSignal,
  ): Promise<KeptList | null> {
    try {
      return await this.lists.get(asked, signal);
    } catch (error) {
      const isSilent = error instanceof AppError && !isFinal(error);
      if (isSilent && !signal.aborted && !isEndpointProvider(asked.chosen.candidate.provider)) return null;
      throw error;
    }
  }

  /** What there is to choose from before a key is stored. Of an endpoint nobody knows that. */
  private async withoutKey(provider: ChatProviderId): Promise<ModelList> {
    if (isEndpointProvider(provider)) throw new NoKeyAvailableError([getProviderEntry(provider).displayName]);
    return {
      source: 'CATALOGUE',
      fetchedAt: null,
      keyId: null,
      models: [...(await this.catalogued(provider))],
    };
  }

  private catalogued(provider: ChatProviderId): Promise<readonly Model[]> {
    return cataloguedModels(provider, this.config.getProvider(provider).defaultModel);
  }
}

const requestFor = (provider: ChatProviderId, endpoint: string | null): KeyRequest<ChatProviderId> => ({
  providers: [provider],
  endpoint,
  use: 'CHAT',
  modelOf: () => null,
  tokens: null,
  chatId: null,
  listsModels: true,
  onOpen: () => undefined,
});

async function allowedFor(key: ResolvableKey, models: readonly Model[]): Promise<Model[]> {
  const verdicts = await mapInTurns(models, ({ id }) => mayUse(key, id));
  return models.filter((_, index) => verdicts[index]);
}

/** As a chat would be judged that names it, but for what is left of the month. */
const mayUse = (key: ResolvableKey, model: string): boolean =>
  findRefusal(key, { use: 'CHAT', model, tokens: null, listsModels: true }) === null;
