import type { GraphQLSchema } from 'graphql';
import { isInputObjectType } from 'graphql';
import type { Violation } from '../../common/input-errors.js';
import { isJsonObject } from '../../common/is-json-object.js';

/** What is asked for that this version of the API's schema has no field for, by the names of the request. */
export function findMissingFields(
  schema: GraphQLSchema,
  { responseSchema, messages }: Readonly<Record<string, unknown>>,
): Violation[] {
  const message = 'is not supported here yet';
  const showsImages = (value: unknown): boolean => isJsonObject(value) && value.parts !== undefined;
  const isMissing = (type: string, field: string): boolean => {
    const found = schema.getType(type);
    return !isInputObjectType(found) || !(field in found.getFields());
  };
  const hasNoFormat = isJsonObject(responseSchema) && isMissing('ChatInput', 'responseSchema');
  const index = Array.isArray(messages) ? messages.findIndex(showsImages) : -1;
  const hasNoImages = index >= 0 && isMissing('ChatMessageInput', 'parts');
  return [
    ...(hasNoFormat ? [{ path: 'response_format', message }] : []),
    ...(hasNoImages ? [{ path: `messages[${String(index)}].content`, message: `image_url ${message}` }] : []),
  ];
}
