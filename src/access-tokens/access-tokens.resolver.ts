import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { NeedsJwt } from '../auth/access.decorator.js';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import { CurrentUser } from '../auth/current-user.decorator.js';
import { ID } from '../common/id.scalar.js';
import { MaxItems } from '../common/list-size.js';
import {
  AccessToken,
  CreateAccessTokenPayload,
  MAX_TOKENS,
  RevokeAccessTokenPayload,
} from './access-token.model.js';
import { AccessTokensService } from './access-tokens.service.js';
import { CreateAccessTokenInput } from './create-access-token.input.js';

@Resolver()
export class AccessTokensResolver {
  constructor(private readonly tokens: AccessTokensService) {}

  @Query(() => [AccessToken], {
    description: "The caller's access tokens that have neither expired nor been revoked, newest first.",
  })
  @MaxItems(MAX_TOKENS)
  @NeedsJwt()
  accessTokens(@CurrentUser() { userId }: AuthenticatedUser): Promise<AccessToken[]> {
    return this.tokens.list(userId);
  }

  @Mutation(() => CreateAccessTokenPayload, {
    description: `Makes a token for a program of the caller's: it may do in the caller's name what its scopes say, and never spends the server's keys where the operator asks for a scope of the identity provider. ${MAX_TOKENS} per user. It outlives the caller's account at the identity provider. Counts as a change to a key.`,
  })
  @NeedsJwt()
  createAccessToken(
    @CurrentUser() { userId }: AuthenticatedUser,
    @Args('input', { description: 'What it is for, and for how long.' }) input: CreateAccessTokenInput,
  ): Promise<CreateAccessTokenPayload> {
    return this.tokens.create(userId, input);
  }

  @Mutation(() => RevokeAccessTokenPayload, {
    description:
      "Ends one of the caller's access tokens. What it has open is closed within five seconds, on all servers. Counts as a change to a key.",
  })
  @NeedsJwt()
  async revokeAccessToken(
    @CurrentUser() { userId }: AuthenticatedUser,
    @Args('id', { type: () => ID, description: "The access token's id." }) id: string,
  ): Promise<RevokeAccessTokenPayload> {
    return { id: await this.tokens.revoke(userId, id) };
  }
}
