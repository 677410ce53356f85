import { Injectable } from '@nestjs/common';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import { AppError } from '../common/app-error.js';
import { KeyDecisions } from '../keys/key-decisions.service.js';
import { KeysService } from '../keys/keys.service.js';
import { ModelsService } from '../models/models.service.js';
import { UpstreamError } from '../outbound/upstream-error.js';
import {
  type ChatProviderId,
  isEndpointProvider,
  providerIdsOf,
} from '../providers/registry/provider-ids.js';
import { toModelText } from './model-text.js';

/** https://platform.openai.com/docs/api-reference/models/object */
export interface OpenAIModel {
  /** What a request may say as its `model`. */
  readonly id: string;
  readonly object: 'model';
  /** No list says when a model was made. */
  readonly created: 0;
  readonly owned_by: string;
}

interface Place {
  readonly provider: ChatProviderId;
  readonly endpoint: string | null;
}

/** Of the key or the provider: what the caller, or this server, has to wait for, all lists wait for. */
const isOfPlace = (error: AppError): boolean =>
  error instanceof UpstreamError || error.code.startsWith('KEY_') || error.code === 'NO_KEY_AVAILABLE';

/** All models that a user may chat with, of all providers together. */
@Injectable()
export class ListedModels {
  constructor(
    private readonly decisions: KeyDecisions,
    private readonly keys: KeysService,
    private readonly models: ModelsService,
  ) {}

  /**
   * Those of each provider, and of each of the user's endpoints, that there is a key for: as it lists them, or as this server
   * knows them where it does not do so in time. Where the key itself is the reason, there are none.
   *
   * @throws RATE_LIMITED, CONFLICT, SERVICE_UNAVAILABLE; after an abort, `signal.reason`
   */
  async list(user: AuthenticatedUser, signal: AbortSignal): Promise<readonly OpenAIModel[]> {
    const places = await this.placesOf(user);
    const lists = await Promise.all(places.map((place) => this.modelsAt(user, place, signal)));
    signal.throwIfAborted();
    return lists.flat();
  }

  private async placesOf(user: AuthenticatedUser): Promise<readonly Place[]> {
    const sources = await this.decisions.findSources(user);
    const usable = providerIdsOf('CHAT').filter((provider) => sources.get(provider));
    const endpoints = usable.some(isEndpointProvider) ? await this.keys.list(user.userId) : [];
    return usable.flatMap((provider): Place[] => {
      if (!isEndpointProvider(provider)) return [{ provider, endpoint: null }];
      return endpoints.flatMap(({ provider: owner, status, endpoint }) =>
        owner === provider && status === 'ACTIVE' && endpoint ? [{ provider, endpoint: endpoint.name }] : [],
      );
    });
  }

  private async modelsAt(
    user: AuthenticatedUser,
    { provider, endpoint }: Place,
    signal: AbortSignal,
  ): Promise<readonly OpenAIModel[]> {
    try {
      const { models } = await this.models.listAnyway(user, provider, endpoint, signal);
      const owner = provider.toLowerCase();
      return models.map(({ id: model }) => ({
        id: toModelText({ provider, endpoint, model }),
        object: 'model',
        created: 0,
        owned_by: owner,
      }));
    } catch (error) {
      if (error instanceof AppError && isOfPlace(error)) return [];
      throw error;
    }
  }
}
