import type { JsonSchemas } from '../../json-schemas/json-schemas.service.js';
import { isJsonObject } from '../../common/is-json-object.js';
import type { JsonInput } from '../../common/json.scalar.js';
import type { ToolChoice, ToolDefinition } from '../../providers/chat/contract.js';
import { searchTool } from '../answer/search-tool.js';
import type { ToolInput } from '../schema/chat-tools.inputs.js';
import type { ChatInput } from '../schema/chat.inputs.js';
import {
  draftOf,
  isDeeperThan,
  MAX_SCHEMA_LEVELS,
  noSchema,
  TOO_DEEP,
  UNKNOWN_DRAFT,
} from './schema-limits.js';
import type { Violations } from './violations.js';

const MAX_TOOLS = 128;
/** Google's names begin like this; all others take these, too. */
const NAME = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/;
const MAX_DESCRIPTION_LENGTH = 10_000;
const MAX_SCHEMA_LENGTH = 64 * 1024;
/** Of all schemas together: what checks them takes some milliseconds for as many. */
const MAX_VALUES = 10_000;

/** The client's own tools, as the model sees them. */
export interface OfferedTools {
  readonly definitions: readonly ToolDefinition[];
  readonly choice: ToolChoice;
}

/** Reads the tools of a chat. @returns null where it has none */
export async function readTools(
  { tools, toolChoice }: Pick<ChatInput, 'tools' | 'toolChoice'>,
  userId: string,
  schemas: JsonSchemas,
  violations: Violations,
): Promise<OfferedTools | null> {
  if (!tools || tools.length === 0) {
    if (toolChoice) violations.add('input.toolChoice', 'goes with tools');
    return null;
  }
  if (tools.length > MAX_TOOLS) violations.add('input.tools', `must have at most ${String(MAX_TOOLS)} items`);
  else if (
    valuesIn(
      tools.map(({ parameters }) => parameters.value),
      MAX_VALUES,
    ) > MAX_VALUES
  )
    violations.add('input.tools', 'must have at most 10,000 values in all of their schemas');
  if (violations.any()) return null;
  const definitions = tools.map((tool, index) => toDefinition(tool, index, tools, violations));
  if (!violations.any()) await checkSchemas(tools, userId, schemas, violations);
  return { definitions, choice: choiceOf(toolChoice, definitions, violations) };
}

function toDefinition(
  { name, description, parameters }: ToolInput,
  index: number,
  tools: readonly ToolInput[],
  violations: Violations,
): ToolDefinition {
  const path = `input.tools.${String(index)}`;
  if (!NAME.test(name))
    violations.add(`${path}.name`, 'must be 1 to 64 letters, digits, _ and -, and begin with a letter or _');
  else if (name === searchTool.name)
    violations.add(`${path}.name`, 'is the name of the tool behind webSearch');
  else if (tools.findIndex((tool) => tool.name === name) < index)
    violations.add(`${path}.name`, 'is the name of another tool');
  if ((description?.length ?? 0) > MAX_DESCRIPTION_LENGTH)
    violations.add(`${path}.description`, 'must be at most 10,000 characters long');
  const schema = readSchema(parameters, `${path}.parameters`, violations);
  return { name, description: description ?? undefined, parameters: schema, inputName: 'tools' };
}

/** @returns an empty one where it is refused */
function readSchema(
  { text, value: schema }: JsonInput,
  path: string,
  violations: Violations,
): Readonly<Record<string, unknown>> {
  if (!isJsonObject(schema)) throw new Error('A JSONObject is an object.');
  if (text.length > MAX_SCHEMA_LENGTH)
    violations.add(path, 'must be at most 65,536 characters long, as JSON');
  else if (draftOf(schema) === null) violations.add(`${path}.$schema`, UNKNOWN_DRAFT);
  else if (isDeeperThan(MAX_SCHEMA_LEVELS, schema)) violations.add(path, TOO_DEEP);
  else if (schema.type !== 'object') violations.add(`${path}.type`, 'must be object');
  else return schema;
  return {};
}

/** How many values there are, lists and objects included; beyond a number it does not count on. */
function valuesIn(value: unknown, most: number): number {
  let count = 1;
  if (typeof value !== 'object' || value === null) return count;
  for (const item of Object.values(value)) {
    if (count > most) break;
    count += valuesIn(item, most - count);
  }
  return count;
}

async function checkSchemas(
  tools: readonly ToolInput[],
  userId: string,
  schemas: JsonSchemas,
  violations: Violations,
): Promise<void> {
  const texts = tools.map(({ parameters }) => parameters.text);
  const fault = await schemas.findFault(userId, texts);
  if (fault === 'TOO_COSTLY') violations.add('input.tools', 'have schemas that take too long to check');
  else if (fault) violations.add(`input.tools.${String(fault.index)}.parameters`, noSchema(fault));
}

function choiceOf(
  toolChoice: ChatInput['toolChoice'],
  definitions: readonly ToolDefinition[],
  violations: Violations,
): ToolChoice {
  const name = toolChoice?.name ?? null;
  if (name === null) return toolChoice?.mode ?? 'AUTO';
  if (!definitions.some((tool) => tool.name === name))
    violations.add('input.toolChoice.name', 'must be the name of one of tools');
  return { name };
}
