import type { Content, GenerateContentRequest, GenerationConfig, Part } from '@google/generative-ai';
import type { ChatRequest, ReasoningEffort } from '../contract.js';
import { efforts } from '../efforts.js';
import type { AdditionName } from '../refused-addition.error.js';
import { neighboursIn } from '../neighbours.js';
import { type ContentPart, isTextFile } from '../media.js';
import { base64Of, namedTextOf } from '../media-slots.js';
import { instructionsIn, partsOf } from '../text-messages.js';
import { type JsonFormat, toJsonFormat } from './google-schemas.js';
import { toToolOptions, toTurns, type ToolOptions } from './google-tools.js';

/** Models of the second generation think within a number of tokens; later ones take a level, and refuse the number. */
const THINKS_WITHIN_A_BUDGET = /^gemini-2\b/;
const budgets: Readonly<Record<ReasoningEffort, number>> = { LOW: 1024, MEDIUM: 8192, HIGH: 24_576 };

/** The package's type is older than thinking: https://ai.google.dev/gemini-api/docs/thinking */
interface ThinkingConfig {
  readonly includeThoughts?: boolean;
  readonly thinkingBudget?: number;
  readonly thinkingLevel?: (typeof efforts)[ReasoningEffort];
}

type Body = Omit<GenerateContentRequest, keyof ToolOptions> & Partial<ToolOptions>;

/** https://ai.google.dev/api/generate-content */
export function toBody(request: ChatRequest, without: ReadonlySet<AdditionName>): Body {
  const { model, messages, temperature, maxOutputTokens, reasoningEffort, tools, responseSchema } = request;
  const instructions = instructionsIn(messages);
  const generationConfig: GenerationConfig & { thinkingConfig?: ThinkingConfig } & Partial<JsonFormat> = {
    ...(temperature !== undefined && { temperature }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(reasoningEffort && { thinkingConfig: toThinking(model, reasoningEffort, without) }),
    ...(responseSchema && toJsonFormat(responseSchema)),
  };
  return {
    contents: toContents(request),
    generationConfig,
    // The API takes instructions beside the conversation: those from the middle of it join the first ones.
    ...(instructions.length > 0 && {
      systemInstruction: { role: 'system', parts: instructions.map(({ content: text }) => ({ text })) },
    }),
    ...(tools && toToolOptions(tools)),
  };
}

function toContents({ model, messages }: ChatRequest): Content[] {
  const said = messages.flatMap((turn): Content[] => {
    if (turn.role === 'SYSTEM') return [];
    if (turn.role === 'CALLS') return toTurns(turn, !THINKS_WITHIN_A_BUDGET.test(model));
    return [{ role: turn.role === 'USER' ? 'user' : 'model', parts: partsOf(turn).map(toPart) }];
  });
  return neighboursIn(said).map(([turn, ...others]) => ({
    ...turn,
    parts: saidOf([turn, ...others].flatMap(({ parts }) => parts)),
  }));
}

/** Beside an image or a document, a text that says nothing is left out. */
function saidOf(parts: readonly Part[]): Part[] {
  const hasMedia = parts.some(({ inlineData }) => inlineData !== undefined);
  return parts.filter(({ text }) => !hasMedia || text?.trim() !== '');
}

/** https://ai.google.dev/gemini-api/docs/image-understanding and https://ai.google.dev/gemini-api/docs/document-processing */
function toPart(part: ContentPart): Part {
  if (part.type === 'text') return { text: part.text };
  if (isTextFile(part)) return { text: namedTextOf(part) };
  return { inlineData: { mimeType: part.mimeType, data: base64Of(part) } };
}

function toThinking(
  model: string,
  effort: ReasoningEffort,
  without: ReadonlySet<AdditionName>,
): ThinkingConfig {
  return {
    ...(!without.has('shownReasoning') && { includeThoughts: true }),
    ...(THINKS_WITHIN_A_BUDGET.test(model)
      ? { thinkingBudget: budgets[effort] }
      : { thinkingLevel: efforts[effort] }),
  };
}
