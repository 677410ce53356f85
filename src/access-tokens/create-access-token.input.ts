import { Field, InputType } from '@nestjs/graphql';
import { ArrayMinSize, ArrayUnique, IsString, Length, Matches } from 'class-validator';
import { AccessScope } from '../auth/access-scope.js';
import { DateTime } from '../common/date-time.scalar.js';
import { IsMoment } from '../common/is-moment.js';
import { READABLE_TEXT } from '../common/readable-text.js';
import { Trimmed } from '../common/transforms.js';

@InputType({ description: 'An access token to make.' })
export class CreateAccessTokenInput {
  @Field({ description: 'What you call it: 1 to 100 characters.' })
  @Trimmed()
  @IsString()
  @Length(1, 100, { message: 'must have 1 to 100 characters' })
  @Matches(READABLE_TEXT, { message: 'must have no control characters' })
  name!: string;

  @Field(() => [AccessScope], {
    description: 'What it may be used for: at least one, each once. Give it no more than it needs.',
  })
  @ArrayMinSize(1, { message: 'must have at least 1 scope' })
  @ArrayUnique({ message: 'must have each scope once' })
  scopes!: AccessScope[];

  @Field(() => DateTime, { description: 'From when on it is refused: in the future, at most 366 days away.' })
  @IsMoment()
  expiresAt!: Date;
}
