import type { JsonSchema } from '../../../common/json-schema.js';

/** What an API takes of JSON Schema. What its document does not have is refused before it is asked. */
export interface SchemaSubset {
  /** Of the words that decide on values those that it takes. */
  readonly keywords: ReadonlySet<string> | 'ALL';
  /** Of the notes those that it takes. Others are left out: they decide on nothing. */
  readonly notes: ReadonlySet<string> | 'ALL';
  /** The values of `format` that it knows, which is a note, too. */
  readonly formats: ReadonlySet<string> | 'ALL';
  /** The types of the values that may stand in `enum` and `const`. */
  readonly literals?: ReadonlySet<string>;
  /** The root has the type `object`, and nothing in its place. */
  readonly needsObject?: true;
  /** An object has the properties that are declared, and no others. */
  readonly isClosed?: true;
  /** All of these are required. */
  readonly needsAll?: true;
  /** Each schema says a type, or has what says it: `anyOf`, `$ref`. */
  readonly needsTypes?: true;
  /** Nothing but notes stands beside `$ref`. */
  readonly hasLoneRefs?: true;
  /** No schema leads to itself. */
  readonly isFinite?: true;
  /** A value of a keyword that it does not take. */
  readonly refuses?: (keyword: string, value: unknown) => boolean;
  /** The most of them in the whole schema. */
  readonly most?: Partial<Record<CountedName, number>>;
}

export type CountedName = 'properties' | 'enum values' | 'optional properties' | 'unions' | 'nested objects';

/** Why an API cannot be asked for a schema. It quotes nothing of the client's. */
export interface SchemaRefusal {
  /** By keywords and numbers, from the root: `properties.0.minLength`; empty for the whole. */
  readonly place: string;
  /** What goes on behind the API's name: `does not take minLength`. */
  readonly problem: string;
}

/** What decides whether a chat's answer can be asked to fit a schema. */
export interface SchemaDemand {
  readonly schema: JsonSchema;
  readonly model: string;
  /** The model may call tools: the client's, or the search. */
  readonly hasTools: boolean;
  /** A reasoning effort is asked for. */
  readonly isToReason: boolean;
}

export class UnfitSchemaError extends Error implements SchemaRefusal {
  constructor(
    readonly place: string,
    readonly problem: string,
  ) {
    super('A provider does not take the schema.');
  }
}
