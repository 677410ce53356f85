import { isJsonObject } from '../../../common/is-json-object.js';
import { type JsonSchema, mapSubschemas } from '../../../common/json-schema.js';
import { UnfitSchemaError } from './schema-subset.js';

/**
 * Looks for a schema that leads to itself, along the schemas in it and its references.
 *
 * @throws UnfitSchemaError where there is one
 */
export function checkIsFinite(root: JsonSchema): void {
  const left = new Set<JsonSchema>();
  const entered = new Set<JsonSchema>();
  // Not by calls: references may be as many as fit into a schema, one behind the other.
  const path: { readonly schema: JsonSchema; readonly next: JsonSchema[] }[] = [];
  const enter = (schema: JsonSchema): void => {
    entered.add(schema);
    path.push({ schema, next: nextOf(schema, root) });
  };
  enter(root);
  for (let at = path.at(-1); at; at = path.at(-1)) {
    const next = at.next.pop();
    if (!next) {
      left.add(at.schema);
      path.pop();
    } else if (!entered.has(next)) enter(next);
    else if (!left.has(next)) throw new UnfitSchemaError('', 'takes no schema that leads to itself');
  }
}

function nextOf(schema: JsonSchema, root: JsonSchema): JsonSchema[] {
  const next: JsonSchema[] = [];
  for (const [keyword, value] of Object.entries(schema))
    mapSubschemas(keyword, value, (inner) => {
      // One without a word in it leads nowhere.
      if (isJsonObject(inner) && Object.keys(inner).length > 0) next.push(inner);
    });
  const target = typeof schema.$ref === 'string' ? targetOf(schema.$ref, root) : null;
  if (target) next.push(target);
  return next;
}

/** Of a JSON Pointer (RFC 6901). A name of an anchor leads nowhere here: no API that takes no cycles knows it. */
function targetOf(reference: string, root: JsonSchema): JsonSchema | null {
  if (!/^#(\/|$)/.test(reference)) return null;
  const steps = decodeURIComponent(reference).split('/').slice(1);
  let target: unknown = root;
  for (const step of steps) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    target =
      typeof target === 'object' && target !== null && Object.hasOwn(target, name)
        ? Reflect.get(target, name)
        : undefined;
  }
  return isJsonObject(target) ? target : null;
}
