import {
  type GraphQLAbstractType,
  type GraphQLNonNull,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  type SelectionSetNode,
} from 'graphql';
import { collectFields, type SelectedField, type SelectionScope } from './collect-fields.js';
import { fieldReader, UNAVAILABLE } from './field-reader.js';
import { leafWriter } from './leaf-writer.js';
import { UNFIT } from './unfit-value.error.js';
import { UnknownSelectionError } from './unknown-selection.error.js';

type NullableOutputType = Exclude<GraphQLOutputType, GraphQLNonNull<never>>;

/** Writes a value as JSON. @throws anything where the executor would report an error, or wait */
export type ValueWriter = (value: unknown) => string;

/**
 * Compiles what is selected of a value (https://spec.graphql.org/October2021/#CompleteValue()). What it returns keeps
 * nothing of the document but the names in the result.
 *
 * @throws UnknownSelectionError
 */
export function valueWriter(
  scope: SelectionScope,
  type: GraphQLOutputType,
  selectionSets: readonly SelectionSetNode[],
): ValueWriter {
  const isRequired = isNonNullType(type);
  const write = presentValueWriter(scope, isRequired ? type.ofType : type, selectionSets);
  return (value) => {
    if (value === null || value === undefined) {
      if (isRequired) throw UNFIT;
      return 'null';
    }
    if (typeof value === 'object' || typeof value === 'function') checkSettled(value);
    return write(value);
  };
}

function presentValueWriter(
  scope: SelectionScope,
  type: NullableOutputType,
  selectionSets: readonly SelectionSetNode[],
): ValueWriter {
  if (isLeafType(type)) return leafWriter(type);
  if (isListType(type)) return listWriter(valueWriter(scope, type.ofType, selectionSets));
  if (isAbstractType(type)) return abstractWriter(scope, type, selectionSets);
  return objectWriter(scope, type, selectionSets);
}

/** Errors stand for themselves; promises are waited for. */
function checkSettled(value: object): void {
  if (value instanceof Error) throw UNFIT;
  if (typeof (value as { readonly then?: unknown }).then !== 'function') return;
  // One that a resolver made is dropped here: that it fails must not end the process.
  if (value instanceof Promise) value.catch(() => undefined);
  throw UNFIT;
}

/** Only arrays: what is read from another iterable may be gone when the executor comes to read it, too. */
function listWriter(write: ValueWriter): ValueWriter {
  return (value) => {
    if (!Array.isArray(value)) throw UNFIT;
    let text = '';
    for (const item of value as readonly unknown[]) text += (text === '' ? '' : ',') + write(item);
    return `[${text}]`;
  };
}

function abstractWriter(
  scope: SelectionScope,
  type: GraphQLAbstractType,
  selectionSets: readonly SelectionSetNode[],
): ValueWriter {
  const writers = possibleWriters(scope, type, selectionSets);
  return (value) => {
    const name = typeNameOf(type, value);
    const write = typeof name === 'string' ? writers.get(name) : undefined;
    if (!write) throw UNFIT;
    return write(value);
  };
}

/** Apart from the writer that uses them: a closure keeps what any other one beside it uses. */
function possibleWriters(
  scope: SelectionScope,
  type: GraphQLAbstractType,
  selectionSets: readonly SelectionSetNode[],
): ReadonlyMap<string, ValueWriter> {
  const types = scope.schema.getPossibleTypes(type);
  return new Map(types.map((possible) => [possible.name, objectWriter(scope, possible, selectionSets)]));
}

function typeNameOf(type: GraphQLAbstractType, value: unknown): unknown {
  if (!type.resolveType)
    return typeof value === 'object' && (value as { readonly __typename?: unknown }).__typename;
  const name: unknown = type.resolveType(value, UNAVAILABLE, UNAVAILABLE, type);
  if (typeof name === 'object' && name !== null) checkSettled(name);
  return name;
}

function objectWriter(
  scope: SelectionScope,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): ValueWriter {
  if (type.isTypeOf) throw new UnknownSelectionError();
  const writers: ValueWriter[] = [];
  let constant = '{';
  for (const [key, field] of collectFields(scope, type, selectionSets)) {
    constant += `${constant.length > 1 || writers.length > 0 ? ',' : ''}${JSON.stringify(key)}:`;
    if (field.name === '__typename') {
      constant += JSON.stringify(type.name);
    } else {
      const [before, write] = [constant, fieldWriter(scope, type, field)];
      writers.push((source) => before + write(source));
      constant = '';
    }
  }
  const end = `${constant}}`;
  return (value) => {
    let text = '';
    for (const write of writers) text += write(value);
    return text + end;
  };
}

function fieldWriter(
  scope: SelectionScope,
  type: GraphQLObjectType,
  { name, selectionSets }: SelectedField,
): ValueWriter {
  const field = type.getFields()[name];
  if (!field || field.args.length > 0) throw new UnknownSelectionError();
  const read = fieldReader(field);
  const write = valueWriter(scope, field.type, selectionSets);
  return (source) => write(read(source));
}
