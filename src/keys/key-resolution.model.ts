import { Field, ObjectType } from '@nestjs/graphql';
import { describedEnum } from '../common/described-enum.js';
import { ID } from '../common/id.scalar.js';
import { KeySource } from '../common/key-source.enum.js';
import { MaxItems } from '../common/list-size.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import { Provider } from '../providers/registry/provider.enum.js';
import { registry } from '../providers/registry/registry.js';

export const CandidateOutcome = describedEnum(
  'CandidateOutcome',
  'The outcome of key resolution for one candidate.',
  {
    CHOSEN: 'This key would be used.',
    NO_KEY: 'There is none.',
    DISABLED: 'Its owner disabled it: it is treated as if it did not exist.',
    UNREADABLE:
      'It cannot be decrypted. The request fails with KEY_UNREADABLE, and no other key is used in its place.',
    EXPIRED:
      'It is past its expiresAt. The request fails with KEY_EXPIRED, and no other key is used in its place.',
    NOT_PERMITTED:
      'Its owner does not allow it for this, or this server calls its address no more. The request fails with KEY_NOT_PERMITTED, and no other key is used in its place.',
    SERVER_NOT_ALLOWED:
      "The server has a key that this request may not spend: the caller's fallbackPolicy, or the operator, says so.",
    NOT_NEEDED: 'Not considered: an earlier candidate decided.',
  },
);
export type CandidateOutcome = keyof typeof CandidateOutcome;

@ObjectType({ description: 'One key that resolution considered.' })
export class KeyCandidate {
  @Field(() => Provider, { description: 'Its provider.' })
  provider!: ProviderId;

  @Field(() => KeySource, { description: 'Whose key it is.' })
  source!: KeySource;

  @Field(() => ID, { nullable: true, description: 'The stored key, where it is one.' })
  keyId!: string | null;

  @Field({ description: 'Whether it would be used.' })
  chosen!: boolean;

  @Field(() => CandidateOutcome, { description: 'What resolution decided about it.' })
  outcome!: CandidateOutcome;

  @Field({ description: 'The outcome in plain words.' })
  reason!: string;
}

@ObjectType({
  description: 'Which key a request would use, and why: a dry run, nothing is decrypted or called.',
})
export class KeyResolution {
  @Field({ description: 'Whether a request would find a key.' })
  available!: boolean;

  @Field(() => Provider, { nullable: true, description: 'The provider that would be used.' })
  provider!: ProviderId | null;

  @Field(() => KeySource, { nullable: true, description: 'Whose key would pay.' })
  source!: KeySource | null;

  @Field(() => ID, { nullable: true, description: 'The stored key that would be used.' })
  keyId!: string | null;

  // For each provider, the user's keys and the server's.
  @MaxItems(2 * registry.length)
  @Field(() => [KeyCandidate], { description: 'Every candidate, in the order tried.' })
  candidates!: KeyCandidate[];
}
