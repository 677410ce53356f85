import { Field, ObjectType } from '@nestjs/graphql';
import { AccessScope } from '../auth/access-scope.js';
import { DateTime } from '../common/date-time.scalar.js';
import { ID } from '../common/id.scalar.js';
import { MaxItems } from '../common/list-size.js';

/** So many unexpired ones may a user have. */
export const MAX_TOKENS = 50;

@ObjectType({
  description: 'A token that the caller made for a program of theirs. The token itself is kept nowhere.',
})
export class AccessToken {
  @Field(() => ID, { description: "The access token's id: it is no secret, and stands in the audit trail." })
  id!: string;

  @Field({ description: "The owner's name for it." })
  name!: string;

  @Field(() => [AccessScope], { description: 'What it may be used for.' })
  @MaxItems(Object.keys(AccessScope).length)
  scopes!: readonly AccessScope[];

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it was last used, to the minute; null where it never was.',
  })
  lastUsedAt!: Date | null;

  @Field(() => DateTime, { description: 'From when on it is refused.' })
  expiresAt!: Date;
}

@ObjectType({ description: 'The access token that was made.' })
export class CreateAccessTokenPayload {
  @Field(() => AccessToken, { description: 'What is kept of it.' })
  accessToken!: AccessToken;

  @Field({
    description:
      'The token itself, for `Authorization: Bearer …`. It is shown this once. Anybody who has it may do what its scopes say.',
  })
  secret!: string;
}

@ObjectType({ description: 'The access token that was revoked.' })
export class RevokeAccessTokenPayload {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;
}
