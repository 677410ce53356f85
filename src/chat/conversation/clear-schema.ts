import { isJsonObject } from '../../common/is-json-object.js';
import {
  holdsNames,
  isDecisive,
  type JsonSchema,
  type SchemaDraft,
  mapSubschemas,
} from '../../common/json-schema.js';
import type { Violations } from './violations.js';

/** What a violation calls a place in a schema: by keywords and numbers. Names in it are the client's, and not quoted. */
type Place = string;

/** A schema that nothing leads out of. */
export interface ClearedSchema {
  /** What decides on values in it, and no more: what a draft does not have means nothing, and must mean nothing here. */
  readonly schema: JsonSchema;
  readonly patterns: readonly { readonly text: string; readonly place: Place }[];
}

/** Clears a schema for its compiler, which knows more than the drafts do. What is refused stands in the violations. */
export function clearSchema(
  schema: JsonSchema,
  draft: SchemaDraft,
  path: string,
  violations: Violations,
): ClearedSchema {
  const clearing = new Clearing(draft, violations);
  const cleared = clearing.clear(schema, path, '#');
  clearing.checkReferences();
  return { schema: cleared, patterns: clearing.patterns };
}

class Clearing {
  readonly patterns: { text: string; place: Place }[] = [];
  readonly #references: { to: unknown; place: Place }[] = [];
  /** What a reference may lead to. */
  readonly #targets = new Set<string>();

  constructor(
    private readonly draft: SchemaDraft,
    private readonly violations: Violations,
  ) {}

  /** @param pointer to it: a JSON Pointer as a fragment (RFC 6901), decoded */
  clear(schema: JsonSchema, place: Place, pointer: string): JsonSchema {
    this.#targets.add(pointer);
    const kept: [string, unknown][] = [];
    for (const [keyword, value] of Object.entries(schema)) {
      this.#checkKeyword(keyword, value, place);
      const isKept =
        isDecisive(keyword, this.draft) && (keyword !== '$id' || this.#isKeptId(value, place, pointer));
      if (isKept) kept.push([keyword, this.#clearValue(keyword, value, place, pointer)]);
    }
    return Object.fromEntries(kept);
  }

  checkReferences(): void {
    for (const { to, place } of this.#references) {
      if (typeof to !== 'string' || !this.#targets.has(decoded(to)))
        this.violations.add(place, 'must lead to a schema within this one, and begin with #');
    }
  }

  #clearValue(keyword: string, value: unknown, place: Place, pointer: string): unknown {
    return mapSubschemas(keyword, value, (schema, name, position) => {
      const at = name === null ? `${place}.${keyword}` : `${place}.${keyword}.${String(position)}`;
      if (keyword === 'patternProperties' && name !== null) this.patterns.push({ text: name, place: at });
      if (!isJsonObject(schema)) return schema;
      return this.clear(
        schema,
        at,
        name === null ? `${pointer}/${keyword}` : `${pointer}/${keyword}/${escaped(name)}`,
      );
    });
  }

  #checkKeyword(keyword: string, value: unknown, place: Place): void {
    const at = `${place}.${keyword}`;
    if (keyword === '$data' || (isJsonObject(value) && !holdsNames(keyword) && Object.hasOwn(value, '$data')))
      this.violations.add(keyword === '$data' ? at : `${at}.$data`, 'is no part of JSON Schema');
    if (keyword === '$ref' || keyword === '$dynamicRef') this.#references.push({ to: value, place: at });
    if (keyword === '$anchor' || keyword === '$dynamicAnchor') this.#targets.add(`#${String(value)}`);
    if (keyword === 'pattern' && typeof value === 'string') this.patterns.push({ text: value, place: at });
    // The compiler passes it over.
    if (keyword === 'properties' && isJsonObject(value) && Object.hasOwn(value, '__proto__'))
      this.violations.add(at, 'must not have the name __proto__');
  }

  /** A schema within another that has an id of its own would be where its references lead from. */
  #isKeptId(value: unknown, place: Place, pointer: string): boolean {
    if (this.draft === 'DRAFT_7' && typeof value === 'string' && value.startsWith('#')) {
      this.#targets.add(value);
      return true;
    }
    if (pointer !== '#')
      this.violations.add(`${place}.$id`, 'may stand at the root only: references lead from there');
    return false;
  }
}

/** A name as a step of a JSON Pointer. */
const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** A reference as the pointers are kept, with nothing left of how a URL writes it. */
function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}
