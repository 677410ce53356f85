import { Args, Context, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { NeedsScope } from '../auth/access.decorator.js';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import { CurrentUser, requireUser } from '../auth/current-user.decorator.js';
import type { RequestContext } from '../auth/request-context.js';
import { ID } from '../common/id.scalar.js';
import { MaxItems } from '../common/list-size.js';
import { PageArgs } from '../common/pagination.js';
import type { AlertWatch } from './alert-watch.js';
import { AcknowledgeKeyAlertPayload, KeyAlert, KeyAlertConnection } from './key-alert.model.js';
import { KeyAlertsService } from './key-alerts.service.js';

@Resolver()
export class KeyAlertsResolver {
  constructor(private readonly alerts: KeyAlertsService) {}

  @Subscription(() => KeyAlert, {
    description:
      "The caller's alerts from now on, on whichever server they are raised; none of a rule that the caller has muted. It goes on until the caller unsubscribes or the token expires. `keyAlertHistory` has what came before, or while the caller was away.",
    resolve: (alert: KeyAlert) => alert,
  })
  @NeedsScope('KEYS_READ')
  keyAlerts(@Context() context: RequestContext): Promise<AlertWatch> {
    return this.alerts.watch(requireUser(context).userId, context.connectionId);
  }

  @Query(() => KeyAlertConnection, {
    description:
      "The caller's alerts of the last year, newest first, acknowledged ones too; none that a rule raised while it was muted.",
  })
  @MaxItems(({ first }: PageArgs) => first, 'edges')
  @NeedsScope('KEYS_READ')
  keyAlertHistory(
    @CurrentUser() { userId }: AuthenticatedUser,
    @Args() page: PageArgs,
  ): Promise<KeyAlertConnection> {
    return this.alerts.list(userId, page);
  }

  @Mutation(() => AcknowledgeKeyAlertPayload, {
    description:
      'Marks an alert as seen. Once acknowledged, it stays so; the audit trail is not changed by it.',
  })
  @NeedsScope('KEYS_WRITE')
  async acknowledgeKeyAlert(
    @CurrentUser() { userId }: AuthenticatedUser,
    @Args('id', { type: () => ID, description: "The alert's id." }) id: string,
  ): Promise<AcknowledgeKeyAlertPayload> {
    return { keyAlert: await this.alerts.acknowledge(userId, id) };
  }
}
