import { Args, Context, Mutation, Query, Resolver } from '@nestjs/graphql';
import { ID } from '../common/id.scalar.js';
import { NeedsScope } from '../auth/access.decorator.js';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import { CurrentUser } from '../auth/current-user.decorator.js';
import type { RequestContext } from '../auth/request-context.js';
import { MaxItems } from '../common/list-size.js';
import { PageArgs } from '../common/pagination.js';
import type { ProviderKind as ProviderKindId } from '../common/provider-definition.js';
import { Config } from '../config/config.js';
import { getProviderEntry, type ProviderId } from '../providers/registry/provider-ids.js';
import { Provider, ProviderKind } from '../providers/registry/provider.enum.js';
import { registry } from '../providers/registry/registry.js';
import { ApiKey, ApiKeyConnection } from './api-key.model.js';
import { checkEndpointIsNamed } from './check-endpoint.js';
import { checkUse } from './check-limits.js';
import { KeyResolution } from './key-resolution.model.js';
import { KeyDecisions, providersFor } from './key-decisions.service.js';
import type { KeyChangeOrigin } from './key-verification.service.js';
import { AllowedUse } from './key-permission.js';
import { MAX_ENDPOINTS } from './key-statements.js';
import {
  DeleteApiKeyPayload,
  StoreApiKeyInput,
  StoreApiKeyPayload,
  UpdateApiKeyInput,
  UpdateApiKeyPayload,
  VerifyApiKeyPayload,
} from './keys.inputs.js';
import { KeysService } from './keys.service.js';
import { ProviderInfo } from './provider-info.model.js';

@Resolver()
export class KeysResolver {
  constructor(
    private readonly keys: KeysService,
    private readonly decisions: KeyDecisions,
    private readonly config: Config,
  ) {}

  @Query(() => [ProviderInfo], { description: 'Every provider, and which of them the caller can use now.' })
  @MaxItems(registry.length)
  @NeedsScope('KEYS_READ')
  async providers(@CurrentUser() user: AuthenticatedUser): Promise<ProviderInfo[]> {
    const sources = await this.decisions.findSources(user);
    return registry.map(({ id, kind, displayName }) => ({
      provider: id,
      kind,
      displayName,
      keySource: sources.get(id) ?? null,
      defaultModel: this.config.getProvider(id).defaultModel,
    }));
  }

  @Query(() => [ApiKey], {
    description:
      "The caller's keys that are ACTIVE or DISABLED: at most one per provider, and one per name of an endpoint.",
  })
  @MaxItems(registry.length + MAX_ENDPOINTS)
  @NeedsScope('KEYS_READ')
  apiKeys(@CurrentUser() user: AuthenticatedUser): Promise<ApiKey[]> {
    return this.keys.list(user.userId);
  }

  @Query(() => ApiKeyConnection, {
    description: 'Every key that the caller ever stored, newest first, REPLACED and DELETED ones too.',
  })
  @MaxItems(({ first }: PageArgs) => first, 'edges')
  @NeedsScope('KEYS_READ')
  apiKeyHistory(@CurrentUser() user: AuthenticatedUser, @Args() page: PageArgs): Promise<ApiKeyConnection> {
    return this.keys.listHistory(user.userId, page);
  }

  @Query(() => ApiKey, {
    nullable: true,
    description: "One of the caller's keys; null where there is none of this id, or it was deleted.",
  })
  @NeedsScope('KEYS_READ')
  apiKey(
    @CurrentUser() user: AuthenticatedUser,
    @Args('id', { type: () => ID, description: "The key's id." }) id: string,
  ): Promise<ApiKey | null> {
    return this.keys.find(user.userId, id);
  }

  @Query(() => KeyResolution, {
    description: 'Which key a request would use, and why: a dry run, nothing is decrypted or called.',
  })
  @NeedsScope('KEYS_READ')
  keyResolution(
    @CurrentUser() user: AuthenticatedUser,
    @Args('provider', {
      type: () => Provider,
      nullable: true,
      description: "The provider that the request names. Left out: the kind's providers in their order.",
    })
    provider?: ProviderId | null,
    @Args('kind', {
      type: () => ProviderKind,
      nullable: true,
      defaultValue: 'CHAT',
      description: 'The kind of request; ignored where a provider is named.',
    })
    kind?: ProviderKindId | null,
    @Args('model', {
      type: () => String,
      nullable: true,
      description: "The model that the chat names. Left out: each provider's default.",
    })
    model?: string | null,
    @Args('use', {
      type: () => AllowedUse,
      nullable: true,
      description: "What the key is for. Left out: CHAT or SEARCH, as the provider's kind is.",
    })
    use?: AllowedUse | null,
    @Args('endpoint', {
      type: () => String,
      nullable: true,
      description: 'The name of one of your endpoints, with CUSTOM and a model: always then, and only then.',
    })
    endpoint?: string | null,
  ): Promise<KeyResolution> {
    checkEndpointIsNamed({ provider, endpoint, model });
    checkUse(use, provider ? getProviderEntry(provider).kind : (kind ?? 'CHAT'));
    const providers = providersFor(kind ?? 'CHAT', provider);
    return this.decisions.explain(user, {
      providers,
      endpoint: endpoint ?? null,
      model: model ?? null,
      use: use ?? null,
    });
  }

  @Mutation(() => StoreApiKeyPayload, {
    description:
      "Stores a key, encrypted. The caller's key for the same provider, or the same name of an endpoint, is replaced at once, if there is one, and its ciphertext destroyed.",
  })
  @NeedsScope('KEYS_WRITE')
  storeApiKey(
    @CurrentUser() user: AuthenticatedUser,
    @Args('input', { description: 'The key.' }) input: StoreApiKeyInput,
    @Context() { signal }: RequestContext,
  ): Promise<StoreApiKeyPayload> {
    return this.keys.store(user.userId, input, originOf(user, signal));
  }

  @Mutation(() => UpdateApiKeyPayload, {
    description: 'Renames, enables or disables a key, and sets what it may be used for.',
  })
  @NeedsScope('KEYS_WRITE')
  async updateApiKey(
    @CurrentUser() user: AuthenticatedUser,
    @Args('input', { description: 'Which key, and what to change.' }) input: UpdateApiKeyInput,
  ): Promise<UpdateApiKeyPayload> {
    return { apiKey: await this.keys.update(user.userId, input, tokenIdOf(user)) };
  }

  @Mutation(() => VerifyApiKeyPayload, {
    description:
      "Tries a key with its provider: a call that costs nothing, or, where there is none (Brave), the smallest search. What it shows is the key's `health`; where it shows nothing, that stays as it was. Counts as a change to a key.",
  })
  @NeedsScope('KEYS_WRITE')
  verifyApiKey(
    @CurrentUser() user: AuthenticatedUser,
    @Args('keyId', { type: () => ID, description: 'Which key.' }) keyId: string,
    @Context() { signal }: RequestContext,
  ): Promise<VerifyApiKeyPayload> {
    return this.keys.verify(user.userId, keyId, originOf(user, signal));
  }

  @Mutation(() => DeleteApiKeyPayload, { description: 'Deletes a key and destroys its ciphertext.' })
  @NeedsScope('KEYS_WRITE')
  async deleteApiKey(
    @CurrentUser() user: AuthenticatedUser,
    @Args('keyId', { type: () => ID, description: 'Which key.' }) keyId: string,
  ): Promise<DeleteApiKeyPayload> {
    return { deletedKeyId: await this.keys.delete(user.userId, keyId, tokenIdOf(user)) };
  }
}

const tokenIdOf = ({ accessToken }: AuthenticatedUser): string | null => accessToken?.id ?? null;

const originOf = (user: AuthenticatedUser, signal: AbortSignal): KeyChangeOrigin => ({
  signal,
  accessTokenId: tokenIdOf(user),
  network: user.network,
});
