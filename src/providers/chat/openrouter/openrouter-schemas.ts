import { type ResponseFormat, strictly, strictlyWithin } from '../chat-completions/response-format.js';
import { structuredSubset } from '../anthropic/anthropic-schemas.js';
import { strictSubset } from '../openai/openai-schemas.js';

/** The providers behind the names of models. What another one takes is unknown: what OpenAI is strict with, all take. */
const formats: readonly (readonly [RegExp, ResponseFormat])[] = [
  [/^~?openai\//, strictly(strictSubset)],
  [/^~?anthropic\//, strictly(structuredSubset)],
];

/** https://openrouter.ai/docs/guides/features/structured-outputs: providers without it are not asked, rather than that it is left out. */
export function toResponseFormat(model: string): ResponseFormat {
  const format = formats.find(([name]) => name.test(model))?.[1] ?? strictlyWithin(strictSubset);
  return {
    ...format,
    toFields: (schema) => ({ ...format.toFields(schema), provider: { require_parameters: true } }),
  };
}
