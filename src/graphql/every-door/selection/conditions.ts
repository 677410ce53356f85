import {
  type DocumentNode,
  type ExecutionArgs,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** The values of the variables that `@skip` and `@include` ask, by their names in the order of the document. */
export type Conditions = Readonly<Record<string, boolean>>;

/**
 * Reads what directives ask, and no other variable: a conversation in one of them is long.
 *
 * @returns null where a variable has no value that is a Boolean: what the executor makes of it is an error
 */
export function readConditions(
  { schema, document, variableValues }: ExecutionArgs,
  { variableDefinitions = [] }: OperationDefinitionNode,
): Conditions | null {
  const names = conditionalVariables(document);
  if (names.size === 0) return {};
  const definitions = variableDefinitions.filter(({ variable }) => names.has(variable.name.value));
  const { coerced } = getVariableValues(schema, definitions, variableValues ?? {});
  const values = definitions.map(({ variable }) => [variable.name.value, coerced?.[variable.name.value]]);
  return values.every(isCondition) ? Object.fromEntries(values) : null;
}

const isCondition = (entry: unknown[]): entry is [string, boolean] => typeof entry[1] === 'boolean';

/** The names of variables in directives of selections, those of other operations too. */
function conditionalVariables({ definitions }: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  for (const definition of definitions) {
    if ('selectionSet' in definition) addVariables(definition.selectionSet, names);
  }
  return names;
}

function addVariables({ selections }: SelectionSetNode, names: Set<string>): void {
  for (const selection of selections) {
    for (const { arguments: given = [] } of selection.directives ?? []) {
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    }
    if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet) {
      addVariables(selection.selectionSet, names);
    }
  }
}
