import type { JsonSchema, SchemaDraft } from '../../common/json-schema.js';
import type { SchemaFault } from '../../json-schemas/json-schemas.service.js';

export const MAX_SCHEMA_LEVELS = 32;
export const TOO_DEEP = 'must be at most 32 levels deep';
export const UNKNOWN_DRAFT = 'must be draft 2020-12 or draft 7 of JSON Schema';

const drafts: ReadonlyMap<string, SchemaDraft> = new Map([
  ['https://json-schema.org/draft/2020-12/schema', 'DRAFT_2020_12'],
  ['http://json-schema.org/draft-07/schema', 'DRAFT_7'],
  ['https://json-schema.org/draft-07/schema', 'DRAFT_7'],
]);

/** The draft that a schema says it is of, 2020-12 where it does not say; null for one that is not known here. */
export function draftOf({ $schema }: JsonSchema): SchemaDraft | null {
  if ($schema === undefined) return 'DRAFT_2020_12';
  return typeof $schema === 'string' ? (drafts.get($schema.replace(/#$/, '')) ?? null) : null;
}

export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeperThan(levels - 1, item));
}

export const noSchema = ({ keyword }: SchemaFault): string =>
  `is no JSON Schema${keyword === null ? '' : `: its ${keyword} is not what the draft has`}`;
