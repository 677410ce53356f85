import { GraphQLSchemaHost } from '@nestjs/graphql';
import { getNullableType, isInterfaceType, isListType, isObjectType, type GraphQLField } from 'graphql';
import { LIST_SIZE, type ListSize } from '../../src/common/list-size.js';
import { useTestServer } from '../support/use-test-server.js';

type Field = GraphQLField<unknown, unknown>;

describe('every list of the schema', () => {
  const server = useTestServer();

  it('says how long it may become, or a field that leads to it does: the cost of an operation counts on it', () => {
    const { schema } = server().app.get(GraphQLSchemaHost, { strict: false });
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'),
    );
    const fields = types.flatMap((type) =>
      isObjectType(type) || isInterfaceType(type)
        ? Object.values(type.getFields()).map((field): [string, Field] => [type.name, field])
        : [],
    );
    const sizeOf = (field: Field) => field.extensions[LIST_SIZE] as ListSize | undefined;
    const decidedElsewhere = new Set(
      fields.flatMap(([, field]) => {
        const of = sizeOf(field)?.of;
        return of === undefined ? [] : [`${String(getNullableType(field.type))}.${of}`];
      }),
    );
    const lists = fields.filter(([, field]) => isListType(getNullableType(field.type)));
    expect(lists.length).toBeGreaterThan(8);
    const unsaid = lists
      .filter(([type, field]) => !sizeOf(field) && !decidedElsewhere.has(`${type}.${field.name}`))
      .map(([type, field]) => `${type}.${field.name}`);
    expect(unsaid).toEqual([]);
  });
});
