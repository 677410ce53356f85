import { turnIsOver } from '../../common/event-loop-turn.js';
import { canonicalId } from '../../common/id.scalar.js';
import { isGiven } from '../../common/is-given.js';
import type { ToolCall, ToolResult } from '../../providers/chat/contract.js';
import type { ContentPart } from '../../providers/chat/media.js';
import { MAX_CALLS } from '../../providers/chat/tool-turn.js';
import type { ToolCallInput } from '../schema/chat-tools.inputs.js';
import type { ChatMessageInput, ChatRoleId } from '../schema/chat.inputs.js';
import type { ClientStep, Conversation, OpenedTranscript } from './conversation.js';
import { type FindAttachment, PartsReader } from './read-parts.js';
import type { Violations } from './violations.js';

/** @returns null for what does not open */
export type OpenTranscript = (transcript: string) => OpenedTranscript | null;

/** What stands in a message, beside its role, by the roles that have it. */
const ownFields = {
  toolCalls: 'ASSISTANT',
  transcript: 'ASSISTANT',
  toolCallId: 'TOOL',
} as const satisfies Partial<Record<keyof ChatMessageInput, ChatRoleId>>;

/** Reads the messages of a chat, of which the calls of tools pair with their results. */
export async function readConversation(
  messages: readonly ChatMessageInput[],
  open: OpenTranscript,
  find: FindAttachment,
  violations: Violations,
): Promise<Conversation> {
  const reader = new ConversationReader(open, new PartsReader(find, violations), violations);
  for (const [index, message] of messages.entries()) {
    reader.add(message, `input.messages.${String(index)}`);
    if (violations.areMany) break;
    // To open a transcript takes a while, as does to look at a content, and there may be as many as messages.
    const pause = (message.transcript ?? message.parts) ? turnIsOver() : null;
    if (pause) await pause;
  }
  return reader.end();
}

/** A turn whose results may still come. */
interface OpenStep {
  readonly path: string;
  readonly text: string;
  readonly calls: readonly ToolCallInput[];
  readonly ids: ReadonlySet<string>;
  readonly transcript: OpenedTranscript | null;
  readonly contents: Map<string, string>;
}

class ConversationReader {
  readonly #turns: Conversation[number][] = [];
  #step: OpenStep | null = null;
  #callCount = 0;

  constructor(
    private readonly open: OpenTranscript,
    private readonly parts: PartsReader,
    private readonly violations: Violations,
  ) {}

  add(message: ChatMessageInput, path: string): void {
    const { role, toolCalls } = message;
    this.#checkFields(message, path);
    const content = this.#contentOf(message, path);
    if (role === 'TOOL') {
      this.#addResult(message, textIn(content), path);
      return;
    }
    this.#closeStep();
    if (role === 'ASSISTANT' && toolCalls?.length) this.#beginStep(message, toolCalls, textIn(content), path);
    else if (typeof content === 'string') this.#turns.push({ role, content });
    else this.#turns.push({ role: 'USER', content });
  }

  end(): Conversation {
    this.#closeStep();
    return this.#turns;
  }

  #contentOf({ role, content, parts }: ChatMessageInput, path: string): string | readonly ContentPart[] {
    if (!isGiven(parts)) return content ?? '';
    if (isGiven(content)) this.violations.add(`${path}.parts`, 'cannot stand beside content');
    return this.parts.read(parts, role, `${path}.parts`);
  }

  #checkFields(
    { role, content, parts, toolCalls, transcript, toolCallId }: ChatMessageInput,
    path: string,
  ): void {
    const given = { toolCalls, transcript, toolCallId };
    for (const [field, owner] of Object.entries(ownFields)) {
      if (isGiven(given[field as keyof typeof given]) && role !== owner)
        this.violations.add(`${path}.${field}`, `belongs to a message of role ${owner}`);
    }
    const hasCalls = role === 'ASSISTANT' && (toolCalls?.length ?? 0) > 0;
    if (!isGiven(content) && !isGiven(parts) && !hasCalls)
      this.violations.add(`${path}.content`, 'is required');
    if (role === 'ASSISTANT' && isGiven(transcript) && !hasCalls)
      this.violations.add(`${path}.transcript`, 'goes with toolCalls');
  }

  #beginStep(
    { transcript }: ChatMessageInput,
    calls: readonly ToolCallInput[],
    text: string,
    path: string,
  ): void {
    this.#checkCalls(calls, `${path}.toolCalls`);
    this.#step = {
      path,
      text,
      calls,
      ids: new Set(calls.map(({ id }) => id)),
      transcript: isGiven(transcript) ? this.#opened(transcript, calls, `${path}.transcript`) : null,
      contents: new Map(),
    };
  }

  #checkCalls(calls: readonly ToolCallInput[], path: string): void {
    if (calls.length > MAX_CALLS) {
      this.violations.add(path, `must have at most ${String(MAX_CALLS)} items`);
      return;
    }
    const ids = new Set<string>();
    for (const [index, { id, name }] of calls.entries()) {
      const at = `${path}.${String(index)}`;
      if (id === '') this.violations.add(`${at}.id`, 'must not be empty');
      if (name === '') this.violations.add(`${at}.name`, 'must not be empty');
      if (ids.has(id)) this.violations.add(`${at}.id`, 'is the id of another call of this message');
      ids.add(id);
    }
  }

  #opened(transcript: string, calls: readonly ToolCallInput[], path: string): OpenedTranscript | null {
    const opened = this.open(transcript);
    if (opened === null)
      this.violations.add(path, 'does not open: it must be as ToolCallsRequested had it, for the same user');
    else if (opened.answer) {
      const own = opened.answer.calls.flatMap((call) => ('id' in call ? canonicalId(call.id) : []));
      const given = new Set(calls.map(({ id }) => id));
      const isOfThese = own.length === given.size && own.every((id) => given.has(id));
      if (!isOfThese) this.violations.add(path, 'is of other calls than toolCalls');
    }
    return opened;
  }

  #addResult({ toolCallId }: ChatMessageInput, content: string, path: string): void {
    const at = `${path}.toolCallId`;
    if (!toolCallId) {
      this.violations.add(at, 'is required');
      return;
    }
    const step = this.#step;
    if (!step?.ids.has(toolCallId))
      this.violations.add(at, 'must be the id of a call of the ASSISTANT message that it follows');
    else if (step.contents.has(toolCallId))
      this.violations.add(at, 'is of a call that has its result already');
    else step.contents.set(toolCallId, content);
  }

  #closeStep(): void {
    const step = this.#step;
    if (!step) return;
    this.#step = null;
    const { path, text, calls, transcript, contents } = step;
    if (contents.size < calls.length)
      this.violations.add(
        `${path}.toolCalls`,
        'must each be answered by a message of role TOOL right after them',
      );
    const plain = calls.map((call) => this.#toPlainCall(call));
    const results = plain.map(({ id: callId, name }, index): ToolResult => {
      const content = contents.get(calls[index]?.id ?? '') ?? '';
      return { callId, name, content, isError: false };
    });
    const said: ClientStep = {
      role: 'CALLS',
      plain: { text, calls: plain },
      results,
      contents: canonical(contents, transcript),
      opened: transcript,
    };
    this.#turns.push(said);
  }

  /** With an id of the only form that every provider takes: nine letters and digits. */
  #toPlainCall({ name, arguments: input }: ToolCallInput): ToolCall {
    this.#callCount += 1;
    const id = `call${String(this.#callCount).padStart(5, '0')}`;
    return { id, name: toToolName(name), input: input?.value ?? {} };
  }
}

/** The results by the ids as the transcript has them: those of a client are canonical. */
function canonical(
  contents: ReadonlyMap<string, string>,
  transcript: OpenedTranscript | null,
): ReadonlyMap<string, string> {
  const calls = transcript?.answer?.calls ?? [];
  const own = calls.flatMap((call) => ('id' in call ? [call.id] : []));
  return new Map(own.map((id) => [id, contents.get(canonicalId(id)) ?? '']));
}

/** A model may call what no provider takes as a name. */
function toToolName(name: string): string {
  const letters = name.slice(0, 64).replace(/[^a-zA-Z0-9_-]/g, '_');
  return /^[a-zA-Z_]/.test(letters) ? letters : `_${letters}`.slice(0, 64);
}

/** Of what is refused elsewhere, because it has more than texts: none. */
const textIn = (content: string | readonly ContentPart[]): string =>
  typeof content === 'string' ? content : '';
