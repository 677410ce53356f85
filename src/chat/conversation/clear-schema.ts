import { isJsonObject } from '../../common/is-json-object.js';
import {
  holdsNames,
  holdsOne,
  isDecisive,
  type JsonSchema,
  type SchemaDraft,
  mapSubschemas,
  targetOf,
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
  const clearing = new Clearing(schema, draft, violations);
  const cleared = clearing.clear(schema, path);
  clearing.checkReferences();
  return { schema: cleared, patterns: clearing.patterns };
}

/** What stands beside a reference of draft 7, and is looked for by others. */
const LED_TO: ReadonlySet<string> = new Set(['$ref', '$id', '$defs', 'definitions']);
/** Whose names are those of values' properties. */
const NAMES_OF_VALUES: ReadonlySet<string> = new Set([
  ...['dependencies', 'dependentSchemas', 'patternProperties', 'properties'],
]);

class Clearing {
  readonly patterns: { text: string; place: Place }[] = [];
  readonly #references: { to: unknown; place: Place }[] = [];
  /** The schemas in it, and what holds several of them: where a reference may lead. */
  readonly #schemas = new Set<unknown>();
  readonly #holders = new Set<unknown>();
  /** By name, `#` included. */
  readonly #anchors = new Set<string>();

  constructor(
    private readonly root: JsonSchema,
    private readonly draft: SchemaDraft,
    private readonly violations: Violations,
  ) {}

  clear(schema: JsonSchema, place: Place): JsonSchema {
    this.#schemas.add(schema);
    const kept: [string, unknown][] = [];
    for (const [keyword, value] of Object.entries(schema)) {
      if (this.#isPassedOver(keyword, schema)) continue;
      this.#checkKeyword(keyword, value, place);
      const isKept =
        isDecisive(keyword, this.draft) && (keyword !== '$id' || this.#isKeptId(value, place, schema));
      if (isKept) kept.push([keyword, this.#clearValue(keyword, value, place)]);
    }
    return Object.fromEntries(kept);
  }

  /** Draft 7 ignores what stands beside a reference (section 8.3), but what others may lead to. */
  #isPassedOver(keyword: string, schema: JsonSchema): boolean {
    return this.draft === 'DRAFT_7' && schema.$ref !== undefined && !LED_TO.has(keyword);
  }

  checkReferences(): void {
    for (const { to, place } of this.#references) {
      if (typeof to !== 'string' || !this.#isSchema(to))
        this.violations.add(place, 'must lead to a schema within this one, and begin with #');
    }
  }

  #isSchema(reference: string): boolean {
    if (this.#anchors.has(reference)) return true;
    const target = targetOf(this.root, reference);
    if (!target) return false;
    const { holder, name, value } = target;
    if (typeof value !== 'boolean') return this.#schemas.has(value);
    return this.#holders.has(holder) || (this.#schemas.has(holder) && holdsOne(name));
  }

  #clearValue(keyword: string, value: unknown, place: Place): unknown {
    if (!holdsOne(keyword) || Array.isArray(value)) this.#noteHolder(keyword, value);
    return mapSubschemas(keyword, value, (schema, name, position) => {
      const at = name === null ? `${place}.${keyword}` : `${place}.${keyword}.${String(position)}`;
      if (keyword === 'patternProperties' && name !== null) this.patterns.push({ text: name, place: at });
      if (!isJsonObject(schema)) return schema;
      return this.clear(schema, at);
    });
  }

  #noteHolder(keyword: string, value: unknown): void {
    if (keyword !== 'enum' && keyword !== 'const' && typeof value === 'object') this.#holders.add(value);
  }

  #checkKeyword(keyword: string, value: unknown, place: Place): void {
    const at = `${place}.${keyword}`;
    if (keyword === '$data' || (isJsonObject(value) && !holdsNames(keyword) && Object.hasOwn(value, '$data')))
      this.violations.add(keyword === '$data' ? at : `${at}.$data`, 'is no part of JSON Schema');
    if (keyword === '$ref') this.#references.push({ to: value, place: at });
    // Where it leads depends on the way that led to it, which may have no end.
    if (keyword === '$dynamicRef' && this.draft === 'DRAFT_2020_12')
      this.violations.add(at, 'is not taken here: use $ref');
    if (keyword === '$anchor' || keyword === '$dynamicAnchor') this.#anchors.add(`#${String(value)}`);
    if (keyword === 'pattern' && typeof value === 'string') this.patterns.push({ text: value, place: at });
    // The compiler passes it over.
    if (NAMES_OF_VALUES.has(keyword) && isJsonObject(value) && Object.hasOwn(value, '__proto__'))
      this.violations.add(at, 'must not have the name __proto__');
  }

  /** A schema within another that has an id of its own would be where its references lead from. */
  #isKeptId(value: unknown, place: Place, schema: JsonSchema): boolean {
    if (this.draft === 'DRAFT_7' && typeof value === 'string' && value.startsWith('#')) {
      this.#anchors.add(value);
      return true;
    }
    if (schema !== this.root)
      this.violations.add(`${place}.$id`, 'may stand at the root only: references lead from there');
    return false;
  }
}
