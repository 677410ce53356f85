import type { ChatMessage, ChatTurn, PlainTurn, ToolResult } from '../../providers/chat/contract.js';
import type { ChatProviderId } from '../../providers/registry/provider-ids.js';
import { type KeptAnswer, told } from '../answer/client-tools.js';

/** Who said a turn, or is told it again. */
export interface Speaker {
  readonly provider: ChatProviderId;
  /** The name of the user's endpoint; null where the provider is no endpoint. */
  readonly endpoint: string | null;
  readonly model: string;
}

/** What a client brings of an earlier answer. */
export interface OpenedTranscript {
  readonly speaker: Speaker;
  /** Null where it was too large to be carried. */
  readonly answer: KeptAnswer | null;
}

/** A turn that called the client's tools, and what these brought. */
export interface ClientStep {
  readonly role: 'CALLS';
  readonly plain: PlainTurn;
  /** In the order of the plain turn's calls, with their ids. */
  readonly results: readonly ToolResult[];
  /** The results, by the ids that the client knows. */
  readonly contents: ReadonlyMap<string, string>;
  readonly opened: OpenedTranscript | null;
}

/** A conversation as a client tells it. */
export type Conversation = readonly (ChatMessage | ClientStep)[];

/** The conversation as this one is told it: with what itself thought and searched, and without what others did. */
export function tellTo(speaker: Speaker, conversation: Conversation): ChatTurn[] {
  return conversation.flatMap((turn) => (turn.role === 'CALLS' ? stepsFor(speaker, turn) : [turn]));
}

function stepsFor(speaker: Speaker, { plain, results, contents, opened }: ClientStep): ChatTurn[] {
  const answer = opened && isSame(speaker, opened.speaker) ? opened.answer : null;
  if (answer === null) return [{ role: 'CALLS', turn: plain, results }];
  const { steps, transcript, calls } = answer;
  const last = calls.map((call): ToolResult => {
    if ('result' in call) return call.result;
    const { id, callId, name } = call;
    return { callId, name, content: contents.get(id) ?? '', isError: false };
  });
  return [...steps, { transcript, results: last }].map(told);
}

const isSame = (one: Speaker, other: Speaker): boolean =>
  one.provider === other.provider && one.endpoint === other.endpoint && one.model === other.model;
