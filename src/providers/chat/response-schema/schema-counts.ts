import type { JsonSchema } from '../../../common/json-schema.js';
import { namesOf } from './schema-edits.js';
import { type CountedName, type SchemaSubset, UnfitSchemaError } from './schema-subset.js';

/** What APIs have limits on, in a whole schema. */
export class SchemaCounts {
  readonly #counts = new Map<CountedName, number>();

  /** @param depth how many objects stand in each other there */
  add(schema: JsonSchema, depth: number): void {
    if (schema.properties !== undefined) this.#addProperties(schema);
    this.#raise('enum values', Array.isArray(schema.enum) ? schema.enum.length : 0);
    this.#raise('unions', schema.anyOf !== undefined || Array.isArray(schema.type) ? 1 : 0);
    this.#counts.set('nested objects', Math.max(this.of('nested objects'), depth));
  }

  #addProperties(schema: JsonSchema): void {
    const names = namesOf(schema);
    const required = new Set<unknown>(Array.isArray(schema.required) ? schema.required : []);
    this.#raise('properties', names.length);
    this.#raise('optional properties', names.filter((name) => !required.has(name)).length);
  }

  of(name: CountedName): number {
    return this.#counts.get(name) ?? 0;
  }

  #raise(name: CountedName, by: number): void {
    this.#counts.set(name, this.of(name) + by);
  }
}

/** @throws UnfitSchemaError for more than the API takes */
export function checkCounts(counts: SchemaCounts, { most = {} }: SchemaSubset): void {
  for (const [name, limit] of Object.entries(most) as [CountedName, number][]) {
    if (counts.of(name) > limit)
      throw new UnfitSchemaError('', `takes at most ${limit.toLocaleString('en')} ${name} in a schema`);
  }
}
