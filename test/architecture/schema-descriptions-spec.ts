import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLSchema,
} from 'graphql';
import { ownTypesOf, readSchema } from '../support/committed-schema.js';

interface Described {
  readonly description?: string | null | undefined;
}

/** Every place of a type that has a description, by its name: `Query.apiKey(id)`. */
function placesOf(type: GraphQLNamedType): [string, Described][] {
  const { name } = type;
  if (isEnumType(type))
    return [
      [name, type],
      ...type.getValues().map((value): [string, Described] => [`${name}.${value.name}`, value]),
    ];
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    return [[name, type], ...fields.map((field): [string, Described] => [`${name}.${field.name}`, field])];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [[name, type]];
  return Object.values(type.getFields()).reduce<[string, Described][]>(
    (places, field) => [
      ...places,
      [`${name}.${field.name}`, field],
      ...field.args.map((argument): [string, Described] => [
        `${name}.${field.name}(${argument.name})`,
        argument,
      ]),
    ],
    [[name, type]],
  );
}

/** Their fields are described; of themselves there is nothing to say. */
function rootNamesOf(schema: GraphQLSchema): ReadonlySet<string> {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  return new Set(roots.flatMap((root) => (root ? [root.name] : [])));
}

describe('schema.graphql', () => {
  const schema = readSchema();
  const roots = rootNamesOf(schema);
  const places = ownTypesOf(schema)
    .flatMap(placesOf)
    .filter(([name]) => !roots.has(name));

  it('describes every type, field, argument, enum value and input field, in whole sentences', () => {
    const undescribed = places.filter(([, { description }]) => !/^\S[^]*[.!?]$/.test(description ?? ''));
    expect(undescribed.map(([name]) => name)).toEqual([]);
  });

  it('describes itself, and names nothing that is not there', () => {
    const names = [...(schema.description ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name!);
    const fields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
      (root) => Object.keys(root?.getFields() ?? {}),
    );
    expect(names).toContain('storeApiKey');
    expect(names.filter((name) => !fields.includes(name))).toEqual(['authorization', 'connection_init']);
  });

  it('has all kinds of places looked at', () => {
    const names = places.map(([name]) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'ApiKey',
        'ApiKey.id',
        'Query.apiKey(id)',
        'Provider.OPENAI',
        'ChatInput.model',
        'SafeInt',
      ]),
    );
  });
});
