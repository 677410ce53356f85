import { Field, ObjectType } from '@nestjs/graphql';
import { DateTime } from '../common/date-time.scalar.js';
import { ID } from '../common/id.scalar.js';
import { PageInfo } from '../common/pagination.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import { Provider } from '../providers/registry/provider.enum.js';

@ObjectType({
  description:
    "Something unusual about the caller's keys, found by a rule that watches the audit trail. The trail has it as an ANOMALY of the same id.",
})
export class KeyAlert {
  @Field(() => ID, { description: "The alert's id, which is that of its event in the audit trail." })
  id!: string;

  @Field(() => DateTime, { description: 'When it happened.' })
  at!: Date;

  @Field({
    description:
      'The rule that found it: BURST, REPEATED_KEY_REJECTED, NEW_MODEL, NEW_NETWORK, DECRYPTION_FAILED or RETIRED_KEY_SEEN. More may come.',
  })
  rule!: string;

  @Field(() => Provider, {
    nullable: true,
    description: 'The provider concerned; null where this version does not know it, or none is.',
  })
  provider!: ProviderId | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The stored key concerned; null where a key of the server was used.',
  })
  keyId!: string | null;

  @Field({ description: 'What was seen, and what it was measured by.' })
  explanation!: string;

  @Field(() => DateTime, { nullable: true, description: 'When the caller acknowledged it; null: not yet.' })
  acknowledgedAt!: Date | null;
}

@ObjectType({ description: 'An alert in a page of them.' })
export class KeyAlertEdge {
  @Field({ description: 'Where this alert stands, for `after`.' })
  cursor!: string;

  @Field(() => KeyAlert, { description: 'The alert.' })
  node!: KeyAlert;
}

@ObjectType({ description: 'A page of alerts, newest first.' })
export class KeyAlertConnection {
  @Field(() => [KeyAlertEdge], { description: 'The alerts of this page.' })
  edges!: KeyAlertEdge[];

  @Field(() => PageInfo, { description: 'Where this page stands.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'The result of `acknowledgeKeyAlert`.' })
export class AcknowledgeKeyAlertPayload {
  @Field(() => KeyAlert, { description: 'The alert as it is now.' })
  keyAlert!: KeyAlert;
}
