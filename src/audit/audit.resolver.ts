import { Args, Query, Resolver } from '@nestjs/graphql';
import { NeedsScope } from '../auth/access.decorator.js';
import type { AuthenticatedUser } from '../auth/authenticated-user.js';
import { CurrentUser } from '../auth/current-user.decorator.js';
import { inTurns } from '../common/event-loop-turn.js';
import { MaxItems } from '../common/list-size.js';
import { decodeCursor, PageArgs, toConnection } from '../common/pagination.js';
import { AuditIntegrity } from './audit-integrity.model.js';
import { AuditEventConnection, AuditFilter } from './audit-event.model.js';
import { AuditRepository, toModel } from './audit.repository.js';
import { TrailCheckpoints } from './chain/trail-checkpoints.js';
import { UsageArgs, type UsageBucket, UsageReport } from './usage.model.js';
import { countBuckets, UsageService } from './usage.service.js';

@Resolver()
export class AuditResolver {
  constructor(
    private readonly audit: AuditRepository,
    private readonly usageService: UsageService,
    private readonly checkpoints: TrailCheckpoints,
  ) {}

  @Query(() => AuditEventConnection, {
    description: "The caller's audit trail: every change and every use of a key, newest first.",
  })
  @MaxItems(({ first }: PageArgs) => first, 'edges')
  @NeedsScope('AUDIT')
  async auditEvents(
    @CurrentUser() user: AuthenticatedUser,
    @Args() page: PageArgs,
    // Its type is not "or null": validation finds its rules only by a class alone.
    @Args('filter', { type: () => AuditFilter, nullable: true, description: 'Which events.' })
    filter?: AuditFilter,
  ): Promise<AuditEventConnection> {
    const rows = await this.audit.list(user.userId, filter ?? {}, page.first + 1, decodeCursor(page.after));
    return toConnection(rows, page, toModel);
  }

  @Query(() => AuditIntegrity, {
    description: 'Whether the audit trail, of all users, can be believed.',
  })
  @NeedsScope('AUDIT')
  auditIntegrity(): Promise<AuditIntegrity> {
    return this.checkpoints.findIntegrity();
  }

  @Query(() => UsageReport, {
    description: "The caller's use of providers. Buckets are whole hours or days in UTC, without gaps.",
  })
  @MaxItems(countBuckets, 'buckets')
  @NeedsScope('AUDIT')
  async usage(@CurrentUser() user: AuthenticatedUser, @Args() range: UsageArgs): Promise<ShownReport> {
    const { usageService } = this;
    const { totals, byProvider, buckets } = await usageService.report(user.userId, range);
    let byModel: ShownReport['byModel'] | null = null;
    let byKey: ShownReport['byKey'] | null = null;
    return {
      ...{ totals, byProvider },
      // Queries of their own, made where the field is asked for, once however often.
      get byModel() {
        return (byModel ??= usageService.reportByModel(user.userId, range));
      },
      get byKey() {
        return (byKey ??= usageService.reportByKey(user.userId, range));
      },
      // The longest list that there is: shown in one go it would hold up all other requests.
      buckets: inTurns(buckets),
    };
  }
}

type ShownReport = Omit<UsageReport, 'buckets' | 'byModel' | 'byKey'> & {
  readonly byModel: Promise<UsageReport['byModel']>;
  readonly byKey: Promise<UsageReport['byKey']>;
  readonly buckets: readonly (UsageBucket | Promise<UsageBucket>)[];
};
