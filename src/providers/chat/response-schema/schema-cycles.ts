import { isJsonObject } from '../../../common/is-json-object.js';
import { type JsonSchema, mapSubschemas, targetOf } from '../../../common/json-schema.js';
import { UnfitSchemaError } from './schema-subset.js';

/** Words whose schemas look at the same value as the one that they stand in. */
const IN_PLACE: ReadonlySet<string> = new Set([
  ...['allOf', 'anyOf', 'dependencies', 'dependentSchemas', 'else', 'if', 'not', 'oneOf', 'then'],
]);

/**
 * Looks for a schema that leads to itself, along the schemas in it and its references. A name of an anchor leads nowhere here:
 * no API that takes no cycles knows it.
 *
 * @throws UnfitSchemaError where there is one
 */
export function checkIsFinite(root: JsonSchema): void {
  const nextOf = (schema: JsonSchema): JsonSchema[] => [...schemasIn(schema), ...targetsOf(schema, root)];
  if (haveCycle([root], nextOf)) throw new UnfitSchemaError('', 'takes no schema that leads to itself');
}

/** Whether some value would be looked at without end: a schema leads to itself, and to no smaller part of the value. */
export function looksWithoutEnd(root: JsonSchema): boolean {
  const all = [root];
  for (const schema of all) all.push(...schemasIn(schema));
  const anchors = new Map(all.flatMap((schema) => anchorsOf(schema).map((anchor) => [anchor, schema])));
  const nextOf = (schema: JsonSchema): JsonSchema[] => [
    ...schemasIn(schema, (keyword) => IN_PLACE.has(keyword)),
    ...targetsOf(schema, root, anchors),
  ];
  return haveCycle(all, nextOf);
}

/** Not by calls: references may be as many as fit into a schema, one behind the other. */
function haveCycle(starts: readonly JsonSchema[], nextOf: (schema: JsonSchema) => JsonSchema[]): boolean {
  const left = new Set<JsonSchema>();
  const entered = new Set<JsonSchema>();
  const path: { readonly schema: JsonSchema; readonly next: JsonSchema[] }[] = [];
  const enter = (schema: JsonSchema): void => {
    entered.add(schema);
    path.push({ schema, next: nextOf(schema) });
  };
  for (const start of starts) {
    if (!entered.has(start)) enter(start);
    for (let at = path.at(-1); at; at = path.at(-1)) {
      const next = at.next.pop();
      if (!next) {
        left.add(at.schema);
        path.pop();
      } else if (!entered.has(next)) enter(next);
      else if (!left.has(next)) return true;
    }
  }
  return false;
}

function schemasIn(schema: JsonSchema, follows: (keyword: string) => boolean = () => true): JsonSchema[] {
  const found: JsonSchema[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (!follows(keyword)) continue;
    mapSubschemas(keyword, value, (inner) => {
      // One without a word in it leads nowhere.
      if (isJsonObject(inner) && Object.keys(inner).length > 0) found.push(inner);
    });
  }
  return found;
}

/** The references that name it: draft 7 has an `$id` for an anchor. */
const anchorsOf = ({ $anchor, $dynamicAnchor, $id }: JsonSchema): string[] => [
  ...[$anchor, $dynamicAnchor].flatMap((name) => (typeof name === 'string' ? [`#${name}`] : [])),
  ...(typeof $id === 'string' && $id.startsWith('#') ? [$id] : []),
];

function targetsOf(
  { $ref }: JsonSchema,
  root: JsonSchema,
  anchors: ReadonlyMap<string, JsonSchema> = new Map(),
): JsonSchema[] {
  if (typeof $ref !== 'string') return [];
  const target = targetOf(root, $ref)?.value ?? anchors.get($ref);
  return isJsonObject(target) ? [target] : [];
}
