import { turnIsOver } from '../../common/event-loop-turn.js';
import { isJsonObject } from '../../common/is-json-object.js';
import type { JsonSchema, SchemaDraft } from '../../common/json-schema.js';
import type { JsonInput } from '../../common/json.scalar.js';
import type { ClientSchema, JsonSchemas } from '../../json-schemas/json-schemas.service.js';
import { looksWithoutEnd } from '../../providers/chat/response-schema/schema-cycles.js';
import type { Judge } from '../answer/judged-source.js';
import { type ClearedSchema, clearSchema } from './clear-schema.js';
import {
  draftOf,
  isDeeperThan,
  MAX_SCHEMA_LEVELS,
  noSchema,
  TOO_DEEP,
  UNKNOWN_DRAFT,
} from './schema-limits.js';
import type { Violations } from './violations.js';

const MAX_BYTES = 64 * 1024;
const PATH = 'input.responseSchema';
const TOO_COSTLY = 'takes too long to check';
const BAD_PATTERN =
  'must be a regular expression of ECMA-262 that takes linear time: without look-around, back references, more than 1,000 repetitions and escapes that not every engine has';

/** The schema that an answer is asked to fit. */
export interface ResponseSchema {
  /** As the client wrote it: what a provider is asked with. */
  readonly schema: JsonSchema;
  /** Checks the answer's text by it. */
  readonly judge: Judge;
}

/** Reads the schema of a chat's answer. @returns null where it has none, or one that is refused */
export async function readResponseSchema(
  input: JsonInput | null | undefined,
  userId: string,
  schemas: JsonSchemas,
  violations: Violations,
): Promise<ResponseSchema | null> {
  if (!input) return null;
  const { text, value: schema } = input;
  if (!isJsonObject(schema)) throw new Error('A JSONObject is an object.');
  const draft = readLimits(text, schema, violations);
  if (draft === null || violations.any()) return null;
  const cleared = clearSchema(schema, draft, PATH, violations);
  if (violations.any()) return null;
  // Each looks at all of a schema, which may have thousands.
  const pause = turnIsOver();
  if (pause) await pause;
  if (looksWithoutEnd(cleared.schema)) violations.add(PATH, 'refers to itself without an end');
  if (violations.any()) return null;
  const check = {
    draft,
    text: JSON.stringify(cleared.schema),
    patterns: cleared.patterns.map(({ text }) => text),
  };
  await tryOut(text, check, cleared, userId, schemas, violations);
  return { schema, judge: (answer, signal) => schemas.fits(userId, check, answer, signal) };
}

function readLimits(text: string, schema: JsonSchema, violations: Violations): SchemaDraft | null {
  const draft = draftOf(schema);
  if (Buffer.byteLength(text) > MAX_BYTES) violations.add(PATH, 'must be at most 64 KiB long, as JSON');
  else if (draft === null) violations.add(`${PATH}.$schema`, UNKNOWN_DRAFT);
  else if (isDeeperThan(MAX_SCHEMA_LEVELS, schema)) violations.add(PATH, TOO_DEEP);
  else return draft;
  return null;
}

/** What cannot be checked by is found out before anything is spent. */
async function tryOut(
  text: string,
  check: ClientSchema,
  { patterns }: ClearedSchema,
  userId: string,
  schemas: JsonSchemas,
  violations: Violations,
): Promise<void> {
  const fault = await schemas.findFault(userId, [text]);
  if (fault === 'TOO_COSTLY') violations.add(PATH, TOO_COSTLY);
  else if (fault) violations.add(PATH, noSchema(fault));
  if (violations.any()) return;
  const result = await schemas.tryToCompile(userId, check);
  if (result === 'TOO_COSTLY') violations.add(PATH, TOO_COSTLY);
  else if (result === 'BAD') violations.add(PATH, 'is no JSON Schema that a text can be checked by');
  else if (result !== 'GOOD') violations.add(patterns[result.pattern]?.place ?? PATH, BAD_PATTERN);
}
