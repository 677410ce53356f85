import type { ResponseCreateParamsStreaming } from 'openai/resources/responses/responses';
import type { ChatRequest } from '../contract.js';
import { neighboursIn } from '../neighbours.js';
import type { AdditionName } from '../refused-addition.error.js';
import { toItems, toToolOptions } from './openai-tools.js';

const roles = { SYSTEM: 'system', USER: 'user', ASSISTANT: 'assistant' } as const;
const efforts = { LOW: 'low', MEDIUM: 'medium', HIGH: 'high' } as const;

/** https://platform.openai.com/docs/api-reference/responses/create */
export function toBody(
  request: ChatRequest,
  without: ReadonlySet<AdditionName>,
): ResponseCreateParamsStreaming {
  const { model, messages, temperature, maxOutputTokens, reasoningEffort, tools } = request;
  return {
    model,
    input: [
      ...neighboursIn(messages).map((group) => ({
        role: roles[group[0].role],
        // Not as parts: those of an answer need ids that only the API gives.
        content: group.map(({ content }) => content).join('\n\n'),
      })),
      ...(tools?.steps ?? []).flatMap(toItems),
    ],
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
  };
}
