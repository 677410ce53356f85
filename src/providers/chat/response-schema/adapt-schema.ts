import { isJsonObject } from '../../../common/is-json-object.js';
import { isDecisive, type JsonSchema, type SchemaDraft, mapSubschemas } from '../../../common/json-schema.js';
import { checkCounts, SchemaCounts } from './schema-counts.js';
import { checkIsFinite } from './schema-cycles.js';
import { inShortForm, mergedOne, namesOf, typed, typeOf, withRootWrittenOut } from './schema-edits.js';
import { type SchemaRefusal, type SchemaSubset, UnfitSchemaError } from './schema-subset.js';

/**
 * A schema as an API takes it. Edits lose nothing: every text that fits what is sent fits the client's schema, and
 * what that declares can still be said. So notes are left out; a constant is an enum of one; objects are closed where the client
 * left that open; and a property that may be null has to be there.
 *
 * @throws UnfitSchemaError where that is not enough
 */
export function adaptSchema(schema: JsonSchema, subset: SchemaSubset): JsonSchema {
  const draft: SchemaDraft = String(schema.$schema).includes('draft-07') ? 'DRAFT_7' : 'DRAFT_2020_12';
  const root = subset.needsObject ? withRootWrittenOut(schema) : schema;
  if (subset.needsObject && root.type !== 'object')
    throw new UnfitSchemaError('type', 'takes an object at the root only');
  if (subset.isFinite) checkIsFinite(root);
  const adapter = new SchemaAdapter(subset, draft, root);
  const adapted = adapter.adapt(root, '', 0);
  checkCounts(adapter.counts, subset);
  return adapted;
}

/** Why an API does not take a schema; null where it does. */
export function subsetRefusalOf(schema: JsonSchema, subset: SchemaSubset): SchemaRefusal | null {
  try {
    adaptSchema(schema, subset);
    return null;
  } catch (error) {
    if (!(error instanceof UnfitSchemaError)) throw error;
    const { place, problem } = error;
    return { place, problem };
  }
}

const takes = (set: ReadonlySet<string> | 'ALL', word: string): boolean => set === 'ALL' || set.has(word);

const within = (place: string, step: string, position?: string): string => {
  const at = place === '' ? step : `${place}.${step}`;
  return position === undefined ? at : `${at}.${position}`;
};

class SchemaAdapter {
  readonly counts = new SchemaCounts();
  /** The API knows definitions by one name. */
  readonly #renames: boolean;

  constructor(
    private readonly subset: SchemaSubset,
    private readonly draft: SchemaDraft,
    root: JsonSchema,
  ) {
    this.#renames = !takes(subset.keywords, 'definitions') && root.$defs === undefined;
  }

  /** @param depth how many objects it stands in */
  adapt(given: JsonSchema, place: string, depth: number): JsonSchema {
    const { subset } = this;
    const short = inShortForm(mergedOne(given, subset, this.draft), subset);
    const schema = subset.needsTypes ? typed(short) : short;
    const level = depth + (isObject(schema) ? 1 : 0);
    this.counts.add(schema, level);
    const isLone = subset.hasLoneRefs === true && schema.$ref !== undefined;
    const kept: [string, unknown][] = [];
    for (const [keyword, value] of Object.entries(schema)) {
      if (!isDecisive(keyword, this.draft)) {
        if (!isLone && this.#isNoted(keyword, value)) kept.push([keyword, value]);
        continue;
      }
      // What the root is called is no matter: nothing leads to it from outside.
      if (keyword === '$id' && place === '') continue;
      if (isLone && !LEADING.has(keyword))
        this.#refuse(place, keyword, `does not take ${keyword} beside $ref`);
      kept.push(this.#decisive(keyword, value, place, level));
    }
    return this.#inObjectForm(Object.fromEntries(kept), schema, place);
  }

  #isNoted(keyword: string, value: unknown): boolean {
    const isTaken = keyword !== 'format' || takes(this.subset.formats, String(value));
    return isTaken && takes(this.subset.notes, keyword);
  }

  #decisive(keyword: string, value: unknown, place: string, depth: number): [string, unknown] {
    const { subset } = this;
    if (keyword === 'definitions' && this.#renames && place === '')
      return ['$defs', this.#subschemas(keyword, value, place, depth)];
    const isTaken = takes(subset.keywords, keyword) && !subset.refuses?.(keyword, value);
    // A list of items is draft 7's, and means what no API takes it for.
    if (!isTaken || (subset.keywords !== 'ALL' && keyword === 'items' && Array.isArray(value)))
      this.#refuse(place, keyword, `does not take ${keyword}, or not as it stands here`);
    this.#checkLiterals(keyword, value, place);
    if (keyword === '$ref' && this.#renames)
      return [keyword, String(value).replace(/^#\/definitions\//, '#/$defs/')];
    return [keyword, this.#subschemas(keyword, value, place, depth)];
  }

  #checkLiterals(keyword: string, value: unknown, place: string): void {
    const { literals } = this.subset;
    if (!literals || (keyword !== 'enum' && keyword !== 'const')) return;
    const values = keyword === 'const' ? [value] : Array.isArray(value) ? value : [];
    const other = values.map(typeOf).find((type) => !literals.has(type));
    if (other !== undefined) this.#refuse(place, keyword, `takes no ${other} in ${keyword}`);
  }

  #subschemas(keyword: string, value: unknown, place: string, depth: number): unknown {
    return mapSubschemas(keyword, value, (schema, name, position) => {
      const at = name === null ? within(place, keyword) : within(place, keyword, String(position));
      if (isJsonObject(schema)) return this.adapt(schema, at, depth);
      const { subset } = this;
      // Whether an object is closed is looked at with the object.
      if (subset.keywords === 'ALL' || keyword === 'additionalProperties') return schema;
      if (schema === true && !subset.needsTypes) return {};
      throw new UnfitSchemaError(at, 'takes no schema without a type');
    });
  }

  #inObjectForm(kept: JsonSchema, schema: JsonSchema, place: string): JsonSchema {
    const { subset } = this;
    if (subset.needsTypes && !TYPED.some((keyword) => schema[keyword] !== undefined))
      throw new UnfitSchemaError(place, 'takes no schema without a type');
    if (subset.needsTypes && hasType(schema, 'array') && schema.items === undefined)
      this.#refuse(place, 'items', 'takes no list without items');
    if (!subset.isClosed) return kept;
    if (schema.anyOf !== undefined) this.#checkStandsAlone(schema, place);
    if (!isObject(schema)) return kept;
    this.#checkIsClosed(schema, place);
    const required = subset.needsAll ? this.#allRequired(schema, place) : kept.required;
    return { ...kept, ...(required !== undefined && { required }), additionalProperties: false };
  }

  #checkStandsAlone(schema: JsonSchema, place: string): void {
    const other = Object.keys(schema).find((word) => isDecisive(word, this.draft) && !ALONGSIDE.has(word));
    if (other !== undefined) this.#refuse(place, 'anyOf', `does not take anyOf beside ${other}`);
  }

  /** Closed where the client has left it open: then what is declared can be said, and nothing else. */
  #checkIsClosed(schema: JsonSchema, place: string): void {
    const { additionalProperties: more, required } = schema;
    const names = namesOf(schema);
    if ((more !== undefined && more !== false) || (more === undefined && names.length === 0))
      this.#refuse(place, 'additionalProperties', 'takes objects of declared properties only');
    const declared = new Set(names);
    if (Array.isArray(required) && !required.every((name) => declared.has(String(name))))
      this.#refuse(place, 'required', 'takes objects of declared properties only');
  }

  #allRequired(schema: JsonSchema, place: string): readonly string[] {
    const names = namesOf(schema);
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    for (const [position, name] of names.entries()) {
      if (required.has(name) || admitsNull((schema.properties as JsonSchema)[name])) continue;
      this.#refuse(
        within(place, 'properties'),
        String(position),
        'takes no optional property: list it in required, and let its type be null, too, where it may be missing',
      );
    }
    return names;
  }

  #refuse(place: string, keyword: string, problem: string): never {
    throw new UnfitSchemaError(within(place, keyword), problem);
  }
}

/** What says which type a value has. */
const TYPED = ['type', 'anyOf', '$ref'] as const;
/** What may stand beside a reference: it decides on nothing there. */
const LEADING: ReadonlySet<string> = new Set(['$ref', '$defs', 'definitions', '$anchor']);
/** What may stand beside alternatives of which each is closed. */
const ALONGSIDE: ReadonlySet<string> = new Set(['anyOf', '$defs', 'definitions']);

const hasType = ({ type }: JsonSchema, name: string): boolean =>
  Array.isArray(type) ? type.includes(name) : type === name;

const isObject = (schema: JsonSchema): boolean =>
  hasType(schema, 'object') || schema.properties !== undefined;

function admitsNull(schema: unknown): boolean {
  if (!isJsonObject(schema)) return false;
  const { type, anyOf, enum: values } = schema;
  if (Array.isArray(values)) return values.includes(null) && (type === undefined || hasType(schema, 'null'));
  return hasType(schema, 'null') || (Array.isArray(anyOf) && anyOf.some(admitsNull));
}
