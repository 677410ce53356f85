import { Field, InputType } from '@nestjs/graphql';
import { describedEnum } from '../../common/described-enum.js';
import { ID } from '../../common/id.scalar.js';
import { JsonObject, JsonScalar, type JsonInput } from '../../common/json.scalar.js';

/** How a client's tools may be called. */
export type ToolChoiceModeId = 'AUTO' | 'NONE' | 'REQUIRED';

export const ToolChoiceMode = describedEnum<ToolChoiceModeId>(
  'ToolChoiceMode',
  'Whether the model calls a tool.',
  {
    AUTO: 'The model decides.',
    NONE: 'None of `tools` is called. With `webSearch` the model may search all the same.',
    REQUIRED: 'The model must call one. Not every model takes it.',
  },
);

@InputType({ description: "A tool of the caller's own, which the model may call. It is never run here." })
export class ToolInput {
  @Field({
    description:
      'Its name, unlike those of the other tools: 1 to 64 letters, digits, `_` and `-`, a letter or `_` first. Not `web_search`.',
  })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: 'What it does and when to call it, for the model: at most 10,000 characters.',
  })
  description?: string | null;

  @Field(() => JsonObject, {
    description:
      'The JSON Schema of its arguments, draft 2020-12 or 7: at most 65,536 characters and 32 levels deep, and with those of the other tools 10,000 values. Longer texts of a document go into variables. It is checked to be a schema; whether the arguments fit it is for the tool to check.',
  })
  parameters!: JsonInput;
}

@InputType({ description: 'A call of a tool, earlier in the conversation: as `ToolCall` had it.' })
export class ToolCallInput {
  @Field(() => ID, { description: "The call's id." })
  id!: string;

  @Field({ description: "The tool's name." })
  name!: string;

  @Field(() => JsonScalar, { nullable: true, description: 'Its arguments. Left out: none.' })
  arguments?: JsonInput | null;
}

@InputType({ isOneOf: true, description: 'Which of `tools` the model is to call.' })
export class ToolChoiceInput {
  @Field(() => ToolChoiceMode, { nullable: true, description: 'Whether it calls one.' })
  mode?: ToolChoiceModeId;

  @Field(() => String, { nullable: true, description: 'The one that it must call.' })
  name?: string;
}
