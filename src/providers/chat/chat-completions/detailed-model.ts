import type { ModelEntry } from '../listed-model.js';
import { listOrNull, valueAt } from '../value-at.js';

/**
 * An entry as OpenRouter has it (https://openrouter.ai/docs/models), and servers that took its form over, but for the price:
 * another's may be in any unit.
 */
export function detailedModel(entry: unknown): ModelEntry | null {
  const output = listOrNull(entry, 'architecture', 'output_modalities');
  if (output && !output.includes('text')) return null;
  const input = listOrNull(entry, 'architecture', 'input_modalities');
  const parameters = listOrNull(entry, 'supported_parameters');
  return {
    id: valueAt(entry, 'id'),
    displayName: valueAt(entry, 'name'),
    contextTokens: valueAt(entry, 'context_length'),
    outputTokens: valueAt(entry, 'top_provider', 'max_completion_tokens'),
    ...(input && { input }),
    tools: parameters?.includes('tools'),
    reasoning: parameters?.includes('reasoning'),
  };
}
