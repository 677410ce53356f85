import {
  coerceInputValue,
  getNullableType,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInputType,
  isLeafType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';
import type { Violation } from '../../common/input-errors.js';

/** Enough to mend a request by; a list of a hundred thousand mistakes would only cost both sides time and memory. */
const MOST_VIOLATIONS = 20;

/** Items of a list. No input takes more, and what validates them is slow: it would look at each before it counts them. */
const MOST_ITEMS = 1_000;
/** Items of all lists of a variable, for lists may hold lists. */
const MOST_ITEMS_IN_ALL = 1_500;

/** Ends GraphQL's walk through a value. It is caught right here. */
class EnoughError extends Error {}

/**
 * What is wrong with an operation's variables: the first {@link MOST_VIOLATIONS} mistakes.
 *
 * GraphQL checks them too, but its messages quote the value, and a value may be a key. These name the path and what is
 * expected there.
 */
export function checkVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Violation[] {
  const violations: Violation[] = [];
  const report = (violation: Violation) => {
    violations.push(violation);
    if (violations.length === MOST_VIOLATIONS) throw new EnoughError();
  };
  try {
    for (const definition of operation.variableDefinitions ?? []) {
      checkVariable(schema, definition, variables, report);
    }
  } catch (error) {
    if (!(error instanceof EnoughError)) throw error;
  }
  return violations;
}

function checkVariable(
  schema: GraphQLSchema,
  { type: typeNode, variable, defaultValue }: VariableDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  report: (violation: Violation) => void,
): void {
  const type = typeFromAST(schema, typeNode);
  const name = variable.name.value;
  if (!isInputType(type)) return;
  if (!Object.hasOwn(variables, name)) {
    if (isNonNullType(type) && !defaultValue) report({ path: name, message: 'is required' });
    return;
  }
  const counter = new ItemCounter();
  const longList = findLongList(type, variables[name], counter);
  if (longList) {
    const message = counter.isSpent
      ? `must have at most ${MOST_ITEMS_IN_ALL} items in all of its lists`
      : `must have at most ${MOST_ITEMS} items`;
    report({ path: counter.isSpent ? name : [name, ...longList].join('.'), message });
    return;
  }
  coerceInputValue(variables[name], type, (path, invalidValue) =>
    report({ path: [name, ...path].join('.'), message: expectationAt(type, path, invalidValue) }),
  );
}

class ItemCounter {
  #left = MOST_ITEMS_IN_ALL;

  get isSpent(): boolean {
    return this.#left < 0;
  }

  /** @returns false where these are too many, alone or with those before */
  takes(count: number): boolean {
    if (count > MOST_ITEMS) return false;
    this.#left -= count;
    return !this.isSpent;
  }
}

/** Where a list stands that is too long; null for none. It goes where the type leads, and nowhere else. */
function findLongList(
  type: GraphQLInputType,
  value: unknown,
  counter: ItemCounter,
): readonly (string | number)[] | null {
  if (typeof value !== 'object' || value === null) return null;
  const nullable = getNullableType(type);
  if (isListType(nullable))
    return Array.isArray(value) ? findLongListIn(nullable.ofType, value, counter) : null;
  if (!isInputObjectType(nullable)) return null;
  const fields = nullable.getFields();
  for (const name of Object.keys(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const inside = (value as Readonly<Record<string, unknown>>)[name];
    const found = field && findLongList(field.type, inside, counter);
    if (found) return [name, ...found];
  }
  return null;
}

function findLongListIn(
  itemType: GraphQLInputType,
  items: readonly unknown[],
  counter: ItemCounter,
): readonly (string | number)[] | null {
  if (!counter.takes(items.length)) return [];
  for (let index = 0; index < items.length; index += 1) {
    const found = findLongList(itemType, items[index], counter);
    if (found) return [index, ...found];
  }
  return null;
}

function expectationAt(type: GraphQLInputType, path: readonly (string | number)[], value: unknown): string {
  const expected = path.reduce(stepInto, type);
  if (isNonNullType(expected) && (value === null || value === undefined)) return 'must not be null';
  const nullable = isNonNullType(expected) ? expected.ofType : expected;
  if (isEnumType(nullable))
    return `must be one of ${nullable
      .getValues()
      .map((option) => option.name)
      .join(', ')}`;
  if (isLeafType(nullable)) return `must be of type ${nullable.name}`;
  if (isInputObjectType(nullable)) return objectExpectation(nullable.name, nullable.getFields(), value);
  return `must be of type ${String(nullable)}`;
}

function objectExpectation(
  name: string,
  fields: Readonly<Record<string, { name: string; type: GraphQLInputType; defaultValue?: unknown }>>,
  value: unknown,
): string {
  if (typeof value !== 'object' || value === null) return `must be an object of type ${name}`;
  const missing = Object.values(fields)
    .filter(
      (field) =>
        isNonNullType(field.type) && field.defaultValue === undefined && !Object.hasOwn(value, field.name),
    )
    .map((field) => field.name);
  if (missing.length > 0) return `lacks ${missing.join(', ')}`;
  return `has a field that ${name} does not define`;
}

function stepInto(type: GraphQLInputType, step: string | number): GraphQLInputType {
  const nullable = isNonNullType(type) ? type.ofType : type;
  if (isListType(nullable)) {
    const item = nullable.ofType;
    return typeof step === 'number' ? item : stepInto(item, step);
  }
  return isInputObjectType(nullable) ? (nullable.getFields()[step]?.type ?? type) : type;
}
