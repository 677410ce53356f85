import type { ObjectReader } from './object-reader.js';

/** The JSON Schema that the answer is to fit, as the API's schema has it; null for a text. */
export function readResponseFormat(request: ObjectReader): unknown {
  const format = request.reader('response_format');
  if (!format) return null;
  const type = format.oneOf('type', ['text', 'json_schema']);
  if (type === null) {
    if (format.any('type') === null) format.refuse('type', 'is required');
    return null;
  }
  const schema = type === 'json_schema' ? readSchema(format) : null;
  format.close();
  return schema;
}

function readSchema(format: ObjectReader): unknown {
  const inner = format.reader('json_schema');
  if (!inner) {
    if (format.any('json_schema') === null) format.refuse('json_schema', 'is required');
    return null;
  }
  inner.requiredText('name');
  // Every answer is made to fit as far as its provider can, and is looked at.
  inner.boolean('strict');
  inner.ignore('description');
  const schema = inner.any('schema');
  if (schema === null) inner.refuse('schema', 'is required');
  inner.close();
  return schema;
}
