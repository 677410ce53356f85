import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { NeedsScope } from '../auth/access.decorator.js';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import { CurrentUser } from '../auth/current-user.decorator.js';
import type { RequestContext } from '../auth/request-context.js';
import type { ChatProviderId } from '../providers/registry/provider-ids.js';
import { ChatProvider } from '../providers/registry/provider.enum.js';
import { ModelList } from './model.model.js';
import { ModelsService } from './models.service.js';

@Resolver()
export class ModelsResolver {
  constructor(private readonly service: ModelsService) {}

  @Query(() => ModelList, {
    description:
      "The models that a chat of the caller's may name: as the provider lists them for the key that the chat would use, or as this server knows them. The provider's list is kept for ten minutes; asking for it is a use of the key, and counts as a chat of the caller's, but not in the key's month.",
  })
  @NeedsScope('CHAT')
  models(
    @CurrentUser() user: AuthenticatedUser,
    @Context() { signal }: RequestContext,
    @Args('provider', { type: () => ChatProvider, description: 'The provider.' }) provider: ChatProviderId,
    @Args('endpoint', {
      type: () => String,
      nullable: true,
      description: 'The name of one of your endpoints, with CUSTOM: always then, and only then.',
    })
    endpoint?: string | null,
  ): Promise<ModelList> {
    return this.service.list(user, provider, endpoint ?? null, signal);
  }
}
