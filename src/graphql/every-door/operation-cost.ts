import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  getVariableValues,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  isListType,
  isObjectType,
  isInterfaceType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { LIST_SIZE, type ListSize } from '../../common/list-size.js';

/**
 * The most fields that an operation may have in its result. Ten years of usage by day, every field of it, with a whole
 * page of the audit trail beside it and `__typename` everywhere, take about 63,000.
 */
export const MAX_COST = 66_000;

/** What the schema of the schema costs: it has no arguments, and a depth that GraphQL limits by itself. */
const INTROSPECTION_COST = 10_000;

/** Items of a list that says nothing of its size: a test makes sure that there is none. */
const UNSAID_ITEMS = 20;

export interface CostedOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * How many fields the result of an operation may have: each field counts once for every item of the lists around it,
 * with the arguments, variables and directives that it is sent with.
 *
 * Fragments are counted once for each length of the list they stand for, so that the work is bounded by the document's
 * length. The document is valid, and its variables are of their types.
 */
export function costOf(costed: CostedOperation): number {
  const known = sameForAll.get(costed.operation);
  if (known !== undefined) return known;
  const counter = new CostCounter(costed);
  const cost = counter.total();
  if (!counter.dependsOnVariables) sameForAll.set(costed.operation, cost);
  return cost;
}

/** Costs that depend on no variable. Clients send the same documents, which are kept. */
const sameForAll = new WeakMap<OperationDefinitionNode, number>();

/** The list that the fields around a selection decide on: a field of theirs, and its items. */
interface DecidedList {
  readonly field: string;
  readonly items: number;
}

class CostCounter {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #known = new Map<string, number>();
  #variables: Record<string, unknown> | null = null;

  constructor(private readonly costed: CostedOperation) {
    for (const definition of costed.document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.#fragments.set(definition.name.value, definition);
    }
  }

  /** Known when the cost is. */
  get dependsOnVariables(): boolean {
    return this.#variables !== null;
  }

  total(): number {
    const { schema, operation } = this.costed;
    return this.#costOfSet(operation.selectionSet, schema.getRootType(operation.operation), null);
  }

  #costOfSet(
    set: SelectionSetNode,
    type: GraphQLNamedType | undefined | null,
    decided: DecidedList | null,
  ): number {
    let cost = 0;
    for (const selection of set.selections) {
      if (this.#isIncluded(selection)) cost += this.#costOf(selection, type, decided);
    }
    return cost;
  }

  #costOf(
    selection: SelectionNode,
    type: GraphQLNamedType | undefined | null,
    decided: DecidedList | null,
  ): number {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.#costOfField(selection, type, decided);
      case Kind.INLINE_FRAGMENT: {
        const { typeCondition, selectionSet } = selection;
        return this.#costOfSet(
          selectionSet,
          typeCondition ? this.#typeOf(typeCondition.name.value) : type,
          decided,
        );
      }
      case Kind.FRAGMENT_SPREAD:
        return this.#costOfFragment(selection.name.value, decided);
    }
  }

  #costOfFragment(name: string, decided: DecidedList | null): number {
    const fragment = this.#fragments.get(name);
    if (!fragment) return 0;
    const key = JSON.stringify([name, decided]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const cost = this.#costOfSet(
      fragment.selectionSet,
      this.#typeOf(fragment.typeCondition.name.value),
      decided,
    );
    this.#known.set(key, cost);
    return cost;
  }

  #costOfField(
    node: FieldNode,
    type: GraphQLNamedType | undefined | null,
    decided: DecidedList | null,
  ): number {
    const name = node.name.value;
    if (name === '__schema' || name === '__type') return INTROSPECTION_COST;
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    if (!field) return 1;
    const said = field.extensions[LIST_SIZE] as ListSize | undefined;
    const items = said && this.#itemsOf(said, field, node);
    const own = said?.of === undefined ? items : undefined;
    const inside = said?.of !== undefined && items !== undefined ? { field: said.of, items } : null;
    const children = node.selectionSet
      ? this.#costOfSet(node.selectionSet, getNamedType(field.type), inside)
      : 0;
    if (!isListType(getNullableType(field.type))) return 1 + children;
    const length = decided?.field === name ? decided.items : (own ?? UNSAID_ITEMS);
    return 1 + length * Math.max(children, 1);
  }

  #itemsOf({ size }: ListSize, field: GraphQLField<unknown, unknown>, node: FieldNode): number {
    if (typeof size === 'number') return size;
    return size(getArgumentValues(field, node, this.#variableValues()));
  }

  #isIncluded(selection: SelectionNode): boolean {
    if (!selection.directives || selection.directives.length === 0) return true;
    const values = this.#variableValues();
    return (
      getDirectiveValues(GraphQLSkipDirective, selection, values)?.if !== true &&
      getDirectiveValues(GraphQLIncludeDirective, selection, values)?.if !== false
    );
  }

  /** Only where something depends on them: a chat's are long. */
  #variableValues(): Record<string, unknown> {
    if (this.#variables) return this.#variables;
    const { schema, operation, variables } = this.costed;
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, {
      // Its messages print the value: each takes as long as the value is.
      maxErrors: 1,
    });
    return (this.#variables = coerced ?? {});
  }

  #typeOf(name: string): GraphQLNamedType | undefined {
    return this.costed.schema.getType(name);
  }
}
