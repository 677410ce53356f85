import {
  type DocumentNode,
  type ExecutionArgs,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { checkDirectives, collectFields, type SelectionScope } from './collect-fields.js';
import { readConditions } from './conditions.js';
import { fieldReader } from './field-reader.js';
import { UnknownSelectionError } from './unknown-selection.error.js';
import { valueWriter } from './value-writer.js';

/**
 * Writes the result of one event as JSON: `{"data":{"chat":{…}}}`. Null where the standard executor has to say what comes
 * of it, because there would be errors, or something to wait for.
 */
export type EventWriter = (event: unknown) => string | null;

/**
 * Compiles what a subscription selects, so that an event costs little more than the texts in it. The text is the one that
 * `JSON.stringify` makes of the result of GraphQL's `execute` with the event as its root value.
 *
 * No code is generated. What it returns keeps the names in the result, and nothing else of the document or the variables.
 *
 * @param args a valid subscription, with variables that are as they should be
 * @returns null where it has something that the compiler does not know: then the standard executor serves all of it
 */
export function compileSelection(args: ExecutionArgs): EventWriter | null {
  const { schema, document, operationName, fieldResolver, typeResolver } = args;
  const operation = getOperationAST(document, operationName);
  const conditions = operation && readConditions(args, operation);
  if (!conditions || fieldResolver || typeResolver) return null;
  try {
    return compile({ schema, fragments: fragmentsOf(document), conditions }, operation);
  } catch (error) {
    if (error instanceof UnknownSelectionError) return null;
    throw error;
  }
}

function compile(scope: SelectionScope, operation: OperationDefinitionNode): EventWriter | null {
  const root = scope.schema.getSubscriptionType();
  if (!root) return null;
  checkDirectives(operation.directives);
  const [selected, ...others] = collectFields(scope, root, [operation.selectionSet]);
  if (!selected || others.length > 0) return null;
  const [key, { name, selectionSets }] = selected;
  // Its arguments are those of its source; its resolver does not get to see them.
  const field = root.getFields()[name];
  if (!field) return null;
  const read = fieldReader(field);
  const write = valueWriter(scope, field.type, selectionSets);
  const before = `{"data":{${JSON.stringify(key)}:`;
  return (event) => {
    try {
      return `${before}${write(read(event))}}}`;
    } catch {
      return null;
    }
  };
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}
