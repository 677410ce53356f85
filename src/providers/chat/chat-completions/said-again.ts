import { isJsonObject } from '../../../common/is-json-object.js';

/** What a model wrote in a turn in which it called tools. */
export interface SaidTurn {
  readonly text: string;
  readonly reasoning: string;
  /** What OpenRouter has of the reasoning, with its signatures. */
  readonly details: readonly unknown[];
}

/** The fields of the turn's message, without its role and calls. */
export type SaidMessage = Readonly<Record<string, unknown>>;

/** How an API wants a turn back: some forget what they thought without it, some refuse what they do not know. */
export type SayAgain = (turn: SaidTurn) => SaidMessage;

export const withoutReasoning: SayAgain = ({ text }) => ({ content: text });

/** https://api-docs.deepseek.com/guides/thinking_mode, which refuses a turn with calls that lacks the field. */
export const inReasoningContent: SayAgain = ({ text, reasoning }) => ({
  content: text,
  reasoning_content: reasoning,
});

/** https://console.groq.com/docs/api-reference#chat-create */
export const inReasoning: SayAgain = ({ text, reasoning }) => ({
  content: text,
  ...(reasoning !== '' && { reasoning }),
});

/** https://docs.mistral.ai/capabilities/reasoning */
export const inContent: SayAgain = ({ text, reasoning }) => ({
  content:
    reasoning === ''
      ? text
      : [
          { type: 'thinking', thinking: [{ type: 'text', text: reasoning }] },
          ...(text === '' ? [] : [{ type: 'text', text }]),
        ],
});

/** https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks */
export const inReasoningDetails: SayAgain = ({ text, details }) => ({
  content: text,
  ...(details.length > 0 && { reasoning_details: details }),
});

/** OpenRouter's list of a turn's reasoning: a text comes in pieces, all else whole. */
export class ReasoningDetails {
  readonly #details: Record<string, unknown>[] = [];

  add(detail: unknown): void {
    if (!isJsonObject(detail)) return;
    const last = this.#details.at(-1);
    const goesOn = last?.type === detail.type && last?.index === detail.index;
    const field = goesOn
      ? (['text', 'summary'] as const).find((name) => isText(last?.[name]) && isText(detail[name]))
      : undefined;
    if (!last || !field) {
      this.#details.push({ ...detail });
      return;
    }
    const text = `${String(last[field])}${String(detail[field])}`;
    // A signature comes with the last piece, and is null before.
    for (const [name, value] of Object.entries(detail)) if (value !== null) last[name] = value;
    last[field] = text;
  }

  all(): readonly unknown[] {
    return this.#details;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
