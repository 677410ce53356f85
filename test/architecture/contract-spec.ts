import {
  DangerousChangeType,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLNamedType,
  type InputValueDefinitionNode,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  print,
} from 'graphql';
import { ownTypesOf, readSchema } from '../support/committed-schema.js';

const contract = readSchema('test/fixtures/contract.graphql');
const schema = readSchema();

/** All that clients rely on in a type, a line each: `chat(input: ChatInput!): ChatEvent!`. */
function linesOf(type: GraphQLNamedType | undefined): string[] {
  const node = type?.astNode;
  if (!node) return [];
  const kind = `is of kind ${node.kind}`;
  if (isEnumType(type)) return [kind, ...type.getValues().map(({ name }) => name)];
  if (isInputObjectType(type)) {
    return [kind, ...Object.values(type.getFields()).map((field) => declarationOf(field.astNode))];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [kind];
  const fields = Object.values(type.getFields()).flatMap(({ name, type: result, args }) => [
    `${name}: ${String(result)}`,
    ...args.map((argument) => `${name}(${declarationOf(argument.astNode)})`),
  ]);
  return [kind, ...type.getInterfaces().map((parent) => `implements ${parent.name}`), ...fields];
}

/** Name, type and default, without the description. */
function declarationOf(node: InputValueDefinitionNode | null | undefined): string {
  if (!node) return '';
  const { description: _, ...declaration } = node;
  return print(declaration);
}

describe('schema.graphql', () => {
  it.each(ownTypesOf(contract).map(({ name }) => name))('has %s exactly as the contract fixes it', (name) => {
    expect(linesOf(schema.getType(name))).toEqual(expect.arrayContaining(linesOf(contract.getType(name))));
  });

  it('asks for nothing beyond the contract: what it adds is optional', () => {
    expect(findBreakingChanges(contract, schema)).toEqual([]);
    const changes = findDangerousChanges(contract, schema).map(({ type }) => type);
    expect(changes).not.toContain(DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE);
  });
});
