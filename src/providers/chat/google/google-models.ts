import type { ModelEntry } from '../listed-model.js';
import { listOrNull, valueAt } from '../value-at.js';

/** An entry of https://ai.google.dev/api/models, where models that make vectors or pictures stand beside the others. */
export function toModel(entry: unknown): ModelEntry | null {
  const methods = listOrNull(entry, 'supportedGenerationMethods');
  if (methods && !methods.includes('generateContent')) return null;
  const name = valueAt(entry, 'name');
  return {
    id: typeof name === 'string' ? name.replace(/^models\//, '') : name,
    displayName: valueAt(entry, 'displayName'),
    contextTokens: valueAt(entry, 'inputTokenLimit'),
    outputTokens: valueAt(entry, 'outputTokenLimit'),
    reasoning: valueAt(entry, 'thinking'),
  };
}
