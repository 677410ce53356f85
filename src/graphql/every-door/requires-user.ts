import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql';

const OPEN_TO_ALL = new Set(['__typename', '__schema', '__type']);

/** Everything but `__typename` and introspection needs a user. Introspection is off in production altogether. */
export function requiresUser(document: DocumentNode): boolean {
  const seen = new Set<string>();
  const asksForMore = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return !OPEN_TO_ALL.has(selection.name.value);
      if (selection.kind === Kind.INLINE_FRAGMENT) return asksForMore(selection.selectionSet);
      const name = selection.name.value;
      if (seen.has(name)) return false;
      seen.add(name);
      const fragment = document.definitions.find(
        (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
      );
      return fragment?.kind !== Kind.FRAGMENT_DEFINITION || asksForMore(fragment.selectionSet);
    });
  return document.definitions.some(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION && asksForMore(definition.selectionSet),
  );
}
