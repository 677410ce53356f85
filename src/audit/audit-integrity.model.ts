import { Field, ObjectType } from '@nestjs/graphql';
import { DateTime } from '../common/date-time.scalar.js';

@ObjectType({
  description: 'Whether the audit trail is as it was written: no row changed, removed, inserted or moved.',
})
export class AuditIntegrity {
  @Field(() => DateTime, {
    nullable: true,
    description: 'When the servers last verified what is new in it; they do it every hour. Null: not yet.',
  })
  checkedAt!: Date | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'What they found. Once it is false it stays so until the operator has put it right. Null: not checked yet.',
  })
  ok!: boolean | null;
}
