import { Field, Float, InputType, ObjectType } from '@nestjs/graphql';
import { describedEnum } from '../common/described-enum.js';
import { ArrayMaxSize, IsOptional, IsUUID } from 'class-validator';
import { ID } from '../common/id.scalar.js';
import { DateTime } from '../common/date-time.scalar.js';
import { IsMoment } from '../common/is-moment.js';
import { KeySource } from '../common/key-source.enum.js';
import { PageInfo } from '../common/pagination.js';
import { SafeInt } from '../common/safe-int.scalar.js';
import type { ProviderId } from '../providers/registry/provider-ids.js';
import { Provider } from '../providers/registry/provider.enum.js';

/** What has been built so far; the contract's other kinds come with the features that write them. */
export const AuditKind = describedEnum('AuditKind', 'What an audit event is about.', {
  KEY_STORED: 'A key was stored.',
  KEY_REPLACED: 'A key was replaced by a newer one, and its ciphertext destroyed.',
  KEY_UPDATED: 'A key was renamed, enabled or disabled, or what it may be used for was changed.',
  KEY_DELETED: 'A key was deleted, and its ciphertext destroyed.',
  KEY_VERIFIED: 'A key was tried with its provider, a stored one or one that was to be stored.',
  KEY_USED:
    'A key was opened for a chat, a search, or a list of models (`detail`: `models`). Written before the provider is called.',
  CHAT_FINISHED: 'A chat ended, successfully or not.',
  SEARCH_FINISHED: 'A web search ended, successfully or not.',
  SETTINGS_UPDATED: "The user's settings were changed.",
  ANOMALY: 'A rule that watches the trail has found something: `detail` says which rule, and what.',
  DATA_DELETED: 'The user had everything deleted that is kept of them, but for this trail.',
  TOKEN_CREATED: 'An access token was made: `detail` has its name, its scopes and its end.',
  TOKEN_REVOKED: 'An access token was revoked: `detail` has its name.',
});
export type AuditKind = keyof typeof AuditKind;

@ObjectType({ description: 'One entry of the audit trail. It holds no prompt, no answer and no key.' })
export class AuditEvent {
  @Field(() => ID, { description: "The event's id." })
  id!: string;

  @Field(() => AuditKind, { description: 'What the event is about.' })
  kind!: AuditKind;

  @Field(() => DateTime, { description: 'When it happened.' })
  at!: Date;

  @Field(() => Provider, {
    nullable: true,
    description: 'The provider concerned; null where this version does not know it: `detail` names it then.',
  })
  provider!: ProviderId | null;

  @Field(() => ID, { nullable: true, description: 'The stored key concerned; null for one of the server.' })
  keyId!: string | null;

  @Field(() => KeySource, { nullable: true, description: 'Whose key was used.' })
  keySource!: KeySource | null;

  @Field(() => ID, { nullable: true, description: 'The chat concerned.' })
  chatId!: string | null;

  @Field(() => String, { nullable: true, description: 'The model asked for.' })
  model!: string | null;

  @Field({ description: '`OK`, `CANCELLED`, or one of the error codes.' })
  outcome!: string;

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Tokens read by the model, as the provider counts them.',
  })
  inputTokens!: bigint | null;

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Tokens written by the model, reasoning included, as the provider counts them.',
  })
  outputTokens!: bigint | null;

  @Field(() => SafeInt, {
    nullable: true,
    description: "Of the input, tokens read from the provider's cache; null where it did not say.",
  })
  cachedInputTokens!: bigint | null;

  @Field(() => SafeInt, {
    nullable: true,
    description: "Of the input, tokens written to the provider's cache; null where it did not say.",
  })
  cacheWriteInputTokens!: bigint | null;

  @Field(() => Float, {
    nullable: true,
    description: "Milliseconds from the request's arrival to the first text or reasoning.",
  })
  timeToFirstTokenMs!: number | null;

  @Field(() => Float, { nullable: true, description: "Milliseconds from the request's arrival to its end." })
  durationMs!: number | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The access token that it was done with, or that was made or revoked; null for a JWT.',
  })
  accessTokenId!: string | null;

  @Field(() => String, { nullable: true, description: 'More about the event, in plain words.' })
  detail!: string | null;
}

@ObjectType({ description: 'An audit event in a page of them.' })
export class AuditEventEdge {
  @Field({ description: 'Where this event stands, for `after`.' })
  cursor!: string;

  @Field(() => AuditEvent, { description: 'The event.' })
  node!: AuditEvent;
}

@ObjectType({ description: 'A page of the audit trail, newest event first.' })
export class AuditEventConnection {
  @Field(() => [AuditEventEdge], { description: 'The events of this page.' })
  edges!: AuditEventEdge[];

  @Field(() => PageInfo, { description: 'Where this page stands.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'Which audit events to return: those that meet every condition given.' })
export class AuditFilter {
  @Field(() => [AuditKind], { nullable: true, description: 'Of one of these kinds.' })
  @IsOptional()
  @ArrayMaxSize(20)
  kinds?: AuditKind[] | null;

  @Field(() => Provider, { nullable: true, description: 'About this provider.' })
  @IsOptional()
  provider?: ProviderId | null;

  @Field(() => ID, { nullable: true, description: 'About this stored key.' })
  @IsOptional()
  @IsUUID()
  keyId?: string | null;

  @Field(() => ID, { nullable: true, description: 'About this chat.' })
  @IsOptional()
  @IsUUID()
  chatId?: string | null;

  @Field(() => DateTime, { nullable: true, description: 'From this moment on.' })
  @IsOptional()
  @IsMoment()
  from?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Before this moment.' })
  @IsOptional()
  @IsMoment()
  to?: Date | null;
}
