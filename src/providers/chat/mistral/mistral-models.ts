import type { ModelEntry } from '../listed-model.js';
import { valueAt } from '../value-at.js';

/** An entry of https://docs.mistral.ai/api/#tag/models. Each alias of a model has one of its own; all name the same `name`. */
export function toModel(entry: unknown): ModelEntry | null {
  const can = (name: string): unknown => valueAt(entry, 'capabilities', name);
  if (can('completion_chat') === false || valueAt(entry, 'archived') === true) return null;
  const isSaid = typeof can('vision') === 'boolean';
  return {
    id: valueAt(entry, 'id'),
    contextTokens: valueAt(entry, 'max_context_length'),
    ...(isSaid && { input: ['text', can('vision') === true && 'image', can('audio') === true && 'audio'] }),
    tools: can('function_calling'),
    reasoning: can('reasoning'),
  };
}
