import { Field, InputType } from '@nestjs/graphql';
import { ID } from '../../common/id.scalar.js';

@InputType({
  description:
    'An image or a file: its `data` with its `mimeType`, or the `attachmentId` of one that was sent before.',
})
export class MediaInput {
  @Field(() => String, {
    nullable: true,
    description:
      'The content in base64 (RFC 4648 section 4). All of a request stays within the size of a body, or of a frame: 1 MiB, unless the operator has set another. What is larger goes to `POST /attachments` first.',
  })
  data?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'With `data`: what it is. An image is image/png, image/jpeg, image/webp or image/gif; a file application/pdf, or text in UTF-8: application/json or any type that begins with text/. The content must be what this says.',
  })
  mimeType?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The id that `POST /attachments` answered with, for the same user.',
  })
  attachmentId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'What the model reads as its name: 1 to 255 characters. Left out: the name with which an attachment was sent, if it had one.',
  })
  name?: string | null;
}

@InputType({ isOneOf: true, description: 'A part of a message: a text, an image or a file.' })
export class ContentPartInput {
  @Field(() => String, { nullable: true, description: 'A text.' })
  text?: string;

  @Field(() => MediaInput, { nullable: true, description: 'An image. Goes with role USER.' })
  image?: MediaInput;

  @Field(() => MediaInput, { nullable: true, description: 'A PDF, or a file of text. Goes with role USER.' })
  file?: MediaInput;
}
