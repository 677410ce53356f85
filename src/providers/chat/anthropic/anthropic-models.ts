import type { ModelEntry } from '../listed-model.js';
import { valueAt } from '../value-at.js';

/** An entry of https://platform.claude.com/docs/en/api/models-list. A model that is retired is listed, and answers nobody. */
export function toModel(entry: unknown): ModelEntry | null {
  if (valueAt(entry, 'lifecycle') === 'retired') return null;
  const can = (name: string): unknown => valueAt(entry, 'capabilities', name, 'supported');
  const isSaid = [can('image_input'), can('pdf_input')].some((said) => typeof said === 'boolean');
  return {
    id: valueAt(entry, 'id'),
    displayName: valueAt(entry, 'display_name'),
    contextTokens: valueAt(entry, 'max_input_tokens'),
    outputTokens: valueAt(entry, 'max_tokens'),
    ...(isSaid && {
      input: ['text', can('image_input') === true && 'image', can('pdf_input') === true && 'pdf'],
    }),
    reasoning: can('thinking'),
  };
}
