import { Field, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { ID } from '../common/id.scalar.js';
import type { AuthenticatedUser } from './authenticated-user.js';
import { CurrentUser } from './current-user.decorator.js';

@ObjectType({ description: 'The caller.' })
export class Viewer {
  @Field(() => ID, { description: "The caller's id: the token's `sub`." })
  id!: string;
}

@Resolver()
export class ViewerResolver {
  @Query(() => Viewer, { description: 'The caller, as the token identifies it.' })
  viewer(@CurrentUser() { userId }: AuthenticatedUser): Viewer {
    return { id: userId };
  }
}
