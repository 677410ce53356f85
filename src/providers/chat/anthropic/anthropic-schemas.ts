import type {
  MessageCreateParamsStreaming,
  OutputConfig,
} from '@anthropic-ai/sdk/resources/messages/messages';
import { isJsonObject } from '../../../common/is-json-object.js';
import type { JsonSchema } from '../../../common/json-schema.js';
import type { ChatTools } from '../contract.js';
import { adaptSchema, subsetRefusalOf } from '../response-schema/adapt-schema.js';
import type { SchemaDemand, SchemaRefusal, SchemaSubset } from '../response-schema/schema-subset.js';
import { valueAt } from '../value-at.js';
import { toToolOptions } from './anthropic-tools.js';

/** Models before 4.5 have no structured outputs: https://platform.claude.com/docs/en/build-with-claude/structured-outputs */
const IS_FORCED = /^claude-(instant|2|3|(opus|sonnet|haiku)-4(-[01])?(-\d{8})?$)/;

/** The tool that such a model has to call: what it calls it with is its answer. */
const ANSWER_TOOL = 'structured_answer';

/** https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations */
export const structuredSubset: SchemaSubset = {
  keywords: new Set([
    ...[
      '$defs',
      '$ref',
      'additionalProperties',
      'anyOf',
      'const',
      'definitions',
      'enum',
      'items',
      'minItems',
    ],
    ...['pattern', 'properties', 'required', 'type'],
  ]),
  notes: new Set(['title', 'description', 'default', 'format']),
  formats: new Set([
    ...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
  ]),
  literals: new Set(['string', 'number', 'boolean', 'null']),
  isClosed: true,
  needsTypes: true,
  hasLoneRefs: true,
  isFinite: true,
  refuses: (keyword, value) => keyword === 'minItems' && value !== 0 && value !== 1,
  most: { 'optional properties': 24, unions: 16 },
};

/** Whether a model answers by a tool that it has to call. */
export const isForced = (model: string): boolean => IS_FORCED.test(model);

export function schemaRefusalOf({ schema, model, ...demand }: SchemaDemand): SchemaRefusal | null {
  if (!isForced(model)) return subsetRefusalOf(schema, structuredSubset);
  const problem = forcedProblem(schema, demand);
  return problem === null ? null : { place: '', problem };
}

function forcedProblem(
  schema: JsonSchema,
  { hasTools, isToReason }: Pick<SchemaDemand, 'hasTools' | 'isToReason'>,
): string | null {
  if (hasTools) return 'takes a schema with this model only where there are no tools and no webSearch';
  if (isToReason) return 'takes a schema with this model only without reasoningEffort';
  return schema.type === 'object' ? null : 'takes an object at the root only with this model';
}

/** @param earlier the tools of calls that the conversation holds */
export function toForcedAnswer(
  schema: JsonSchema,
  earlier: ChatTools | undefined,
): Pick<MessageCreateParamsStreaming, 'tools' | 'tool_choice'> {
  const answer = { name: ANSWER_TOOL, description: 'Gives the answer.', parameters: schema, inputName: '' };
  const others = earlier?.definitions.filter(({ name }) => name !== ANSWER_TOOL) ?? [];
  const options = toToolOptions({ definitions: [...others, answer], choice: { name: ANSWER_TOOL } });
  return { ...options, tool_choice: { type: 'tool', name: ANSWER_TOOL, disable_parallel_tool_use: true } };
}

export const toOutputFormat = (schema: JsonSchema): Pick<OutputConfig, 'format'> => ({
  format: { type: 'json_schema', schema: { ...adaptSchema(schema, structuredSubset) } },
});

/** The text of an answer that is given by {@link toForcedAnswer}: what the tool is called with, as the model writes it. */
export class ForcedAnswer {
  /** The input of the call, where it came whole with the block. */
  #whole: unknown = null;
  #calls = 0;

  /** @param piece a block as it begins, or a delta of one */
  textIn(piece: unknown): string {
    if (valueAt(piece, 'type') === 'tool_use') {
      this.#calls += 1;
      if (this.#calls === 1) this.#whole = valueAt(piece, 'input');
    }
    // It is asked to answer once. What it says beyond that is another answer.
    if (this.#calls > 1) return '';
    const written = valueAt(piece, 'partial_json');
    if (typeof written !== 'string' || written === '') return '';
    this.#whole = null;
    return written;
  }

  /** What no delta brought. */
  end(): string {
    return isJsonObject(this.#whole) ? JSON.stringify(this.#whole) : '';
  }
}
