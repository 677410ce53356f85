import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getDirectiveValues,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  isAbstractType,
  Kind,
  type NamedTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Conditions } from './conditions.js';
import { UnknownSelectionError } from './unknown-selection.error.js';

/** What a selection means something in. */
export interface SelectionScope {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly conditions: Conditions;
}

/** A field of a result: its name in the schema, and all that is selected of its value. */
export interface SelectedField {
  readonly name: string;
  readonly selectionSets: SelectionSetNode[];
}

/**
 * What some selections of the same value select where that value is of one object type: its fields by their names in the
 * result, in the result's order (https://spec.graphql.org/October2021/#CollectFields()).
 *
 * @throws UnknownSelectionError
 */
export function collectFields(
  scope: SelectionScope,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): ReadonlyMap<string, SelectedField> {
  const fields = new Map<string, SelectedField>();
  const spread = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (!isIncluded(selection, scope.conditions)) continue;
      switch (selection.kind) {
        case Kind.FIELD:
          addField(fields, selection);
          break;
        case Kind.INLINE_FRAGMENT:
          if (applies(scope, selection.typeCondition, type)) collect(selection.selectionSet);
          break;
        case Kind.FRAGMENT_SPREAD: {
          const name = selection.name.value;
          const fragment = scope.fragments.get(name);
          if (!fragment || spread.has(name)) break;
          spread.add(name);
          checkDirectives(fragment.directives);
          if (applies(scope, fragment.typeCondition, type)) collect(fragment.selectionSet);
        }
      }
    }
  };
  selectionSets.forEach(collect);
  return fields;
}

/** The first field of a name in the result says which it is: validation has seen to it that the others are the same. */
function addField(fields: Map<string, SelectedField>, { alias, name, selectionSet }: FieldNode): void {
  const key = (alias ?? name).value;
  const selected = fields.get(key) ?? { name: name.value, selectionSets: [] };
  if (selectionSet) selected.selectionSets.push(selectionSet);
  fields.set(key, selected);
}

function applies(
  { schema }: SelectionScope,
  condition: NamedTypeNode | undefined,
  type: GraphQLObjectType,
): boolean {
  const named = condition && schema.getType(condition.name.value);
  return named === undefined || named === type || (isAbstractType(named) && schema.isSubType(named, type));
}

function isIncluded(selection: SelectionNode, conditions: Conditions): boolean {
  if (!selection.directives || selection.directives.length === 0) return true;
  checkDirectives(selection.directives);
  return (
    getDirectiveValues(GraphQLSkipDirective, selection, conditions)?.if !== true &&
    getDirectiveValues(GraphQLIncludeDirective, selection, conditions)?.if !== false
  );
}

const known: ReadonlySet<string> = new Set([GraphQLSkipDirective.name, GraphQLIncludeDirective.name]);

/** @throws UnknownSelectionError */
export function checkDirectives(directives: readonly DirectiveNode[] = []): void {
  if (directives.some(({ name }) => !known.has(name.value))) throw new UnknownSelectionError();
}
