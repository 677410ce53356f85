import { ObjectReader } from './object-reader.js';

/** The most that are looked at: more than the schema takes. */
const MOST_LOOKED_AT = 1_001;

/** OpenAI's, for a function without arguments that names no schema. */
const NO_ARGUMENTS = { type: 'object', properties: {} };

/** The tools of a request, as the API's schema has them; null for none. */
export function readTools(request: ObjectReader): readonly object[] | null {
  const list = request.list('tools');
  if (list === null || list.length === 0) return null;
  const tools: object[] = [];
  for (const [index, item] of list.slice(0, MOST_LOOKED_AT).entries()) {
    if (request.violations.areMany) break;
    const tool = ObjectReader.open(item, `tools[${index}]`, request.violations);
    const value = tool && readTool(tool);
    if (value) tools.push(value);
  }
  return tools;
}

function readTool(tool: ObjectReader): object | null {
  if (tool.oneOf('type', ['function']) === null) {
    if (tool.any('type') === null) tool.refuse('type', 'is required');
    return null;
  }
  const inner = tool.reader('function');
  if (!inner) {
    if (tool.any('function') === null) tool.refuse('function', 'is required');
    return null;
  }
  const name = inner.requiredText('name');
  const description = inner.text('description');
  const parameters = inner.any('parameters') ?? NO_ARGUMENTS;
  // A wish. Whether the arguments fit the schema is for the tool to check.
  inner.boolean('strict');
  inner.close();
  tool.close();
  return { name, description, parameters };
}

const modes = { none: 'NONE', auto: 'AUTO', required: 'REQUIRED' } as const;

/**
 * Which tool is to be called, as the API's schema has it; null for what the model does anyway.
 *
 * @param hasTools without them `none` is the default
 */
export function readToolChoice(request: ObjectReader, hasTools: boolean): object | null {
  const choice = request.any('tool_choice');
  if (choice === null || (choice === 'none' && !hasTools)) return null;
  if (typeof choice !== 'object') {
    const mode = request.oneOf('tool_choice', ['none', 'auto', 'required']);
    return mode && { mode: modes[mode] };
  }
  const named = request.reader('tool_choice');
  if (!named) return null;
  if (named.oneOf('type', ['function']) === null) {
    if (named.any('type') === null) named.refuse('type', 'is required');
    return null;
  }
  const inner = named.reader('function');
  const name = inner?.requiredText('name') ?? '';
  if (!inner && named.any('function') === null) named.refuse('function', 'is required');
  inner?.close();
  named.close();
  return { name };
}
