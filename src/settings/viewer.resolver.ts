import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { NeedsAnyToken, NeedsJwt, NeedsScope } from '../auth/access.decorator.js';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import { CurrentUser } from '../auth/current-user.decorator.js';
import { ID } from '../common/id.scalar.js';
import { SettingsService } from './settings.service.js';
import { UpdateSettingsInput, UpdateSettingsPayload, Viewer } from './viewer.model.js';

@Resolver()
export class ViewerResolver {
  constructor(private readonly settings: SettingsService) {}

  @Query(() => Viewer, { description: 'The caller, as the token identifies it, and its settings.' })
  @NeedsScope('KEYS_READ')
  viewer(@CurrentUser() { userId }: AuthenticatedUser): Promise<Viewer> {
    return this.settings.find(userId);
  }

  @Query(() => ID, { description: "The caller's id: the token's `sub`, or that of an access token's owner." })
  @NeedsAnyToken()
  viewerId(@CurrentUser() { userId }: AuthenticatedUser): string {
    return userId;
  }

  @Mutation(() => UpdateSettingsPayload, {
    description: "Changes the caller's settings, for every request that begins after it.",
  })
  @NeedsJwt()
  async updateSettings(
    @CurrentUser() { userId }: AuthenticatedUser,
    @Args('input', { description: 'What to change.' }) input: UpdateSettingsInput,
  ): Promise<UpdateSettingsPayload> {
    return { viewer: await this.settings.update(userId, input) };
  }
}
