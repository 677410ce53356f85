import { Args, Field, Int, Mutation, ObjectType, Resolver } from '@nestjs/graphql';
import { NeedsJwt } from '../auth/access.decorator.js';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import { CurrentUser } from '../auth/current-user.decorator.js';
import { ID } from '../common/id.scalar.js';
import { MyDataService } from './my-data.service.js';

@ObjectType({ description: 'What was deleted.' })
export class DeleteMyDataPayload {
  @Field(() => Int, {
    description: 'How many keys there were, those that were replaced or deleted before not counted.',
  })
  deletedKeys!: number;
}

@Resolver()
export class MyDataResolver {
  constructor(private readonly data: MyDataService) {}

  @Mutation(() => DeleteMyDataPayload, {
    description:
      "Stops the caller's chats and deletes all that is kept of the caller: keys, access tokens, attachments, settings, answers, sums of use. It cannot be undone. The audit trail stays until its retention ends, and keeps that this happened.",
  })
  @NeedsJwt()
  async deleteMyData(
    @CurrentUser() user: AuthenticatedUser,
    @Args('confirmUserId', {
      type: () => ID,
      description: "The caller's own id, so that nobody does it by mistake.",
    })
    confirmUserId: string,
  ): Promise<DeleteMyDataPayload> {
    return { deletedKeys: await this.data.delete(user.userId, confirmUserId) };
  }
}
