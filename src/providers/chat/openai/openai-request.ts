import type { ResponseCreateParamsStreaming } from 'openai/resources/responses/responses';
import type { ChatRequest } from '../contract.js';
import { efforts } from '../efforts.js';
import type { AdditionName } from '../refused-addition.error.js';
import { toTextMessages } from '../text-messages.js';
import { toPart } from './openai-parts.js';
import { toTextFormat } from './openai-schemas.js';
import { toItems, toToolOptions } from './openai-tools.js';

/** https://platform.openai.com/docs/api-reference/responses/create */
export function toBody(
  request: ChatRequest,
  without: ReadonlySet<AdditionName>,
): ResponseCreateParamsStreaming {
  const { model, messages, temperature, maxOutputTokens, reasoningEffort, tools, responseSchema } = request;
  return {
    model,
    // Texts not as parts: those of an answer need ids that only the API gives.
    input: toTextMessages(messages, (step) => toItems(step, without), toPart),
    stream: true,
    store: false,
    ...(temperature !== undefined && { temperature }),
    ...(maxOutputTokens !== undefined && { max_output_tokens: maxOutputTokens }),
    ...(reasoningEffort && {
      reasoning: {
        effort: efforts[reasoningEffort],
        ...(!without.has('shownReasoning') && { summary: 'auto' }),
      },
    }),
    ...(tools && toToolOptions(model, tools, without)),
    ...(responseSchema && toTextFormat(responseSchema, model)),
  };
}
