import { registerEnumType } from '@nestjs/graphql';

export type DescribedEnum<Id extends string> = { readonly [Value in Id]: Value };

/**
 * A GraphQL enum, whose values stand for themselves.
 *
 * @param descriptions of each value, in the order in which the schema has them
 */
export function describedEnum<Id extends string>(
  name: string,
  description: string,
  descriptions: Readonly<Record<Id, string>>,
): DescribedEnum<Id> {
  const entries = Object.entries<string>(descriptions);
  const values = Object.fromEntries(entries.map(([id]) => [id, id])) as DescribedEnum<Id>;
  const valuesMap = Object.fromEntries(entries.map(([id, text]) => [id, { description: text }])) as Record<
    Id,
    { description: string }
  >;
  registerEnumType(values, { name, description, valuesMap });
  return values;
}
