import type { ToolChoice, ToolDefinition, ToolResult, ToolStep } from '../../providers/chat/contract.js';

/** A turn of this answer whose calls were all answered here. */
export interface KeptStep {
  readonly transcript: unknown;
  readonly results: readonly ToolResult[];
}

/** The turn as it is told again. */
export const told = ({ transcript, results }: KeptStep): ToolStep => ({
  role: 'CALLS',
  turn: { transcript },
  results,
});

/** A call of the turn: answered here, or the client's to answer, who knows it by `id`. */
export type KeptCall =
  { readonly result: ToolResult } | { readonly id: string; readonly callId: string; readonly name: string };

/** All that the model said and called in an answer which ends with calls of the client's tools. */
export interface KeptAnswer {
  /** Oldest first. */
  readonly steps: readonly KeptStep[];
  /** Of the last turn. */
  readonly transcript: unknown;
  /** Those of the last turn, in their order. */
  readonly calls: readonly KeptCall[];
}

/** The tools that the client answers for. */
export interface ClientTools {
  /** At least one. */
  readonly definitions: readonly ToolDefinition[];
  readonly choice: ToolChoice;
  /** Makes of an answer what the client sends again with its results. */
  readonly seal: (answer: KeptAnswer) => string;
}
