import type { ChatRoleId } from '../../chat/schema/chat.inputs.js';
import { turnIsOver } from '../../common/event-loop-turn.js';
import { MAX_VALUES, TOO_COMPLEX, valuesOf } from '../../common/nesting.js';
import { ObjectReader } from './object-reader.js';
import { readContent } from './read-content.js';

/** One message, as the API's schema has it. */
export type MessageValue = Readonly<Record<string, unknown>> & { readonly role: ChatRoleId };

const roles = {
  system: 'SYSTEM',
  developer: 'SYSTEM',
  user: 'USER',
  assistant: 'ASSISTANT',
  tool: 'TOOL',
} as const satisfies Readonly<Record<string, ChatRoleId>>;

type OpenAIRole = keyof typeof roles;
const roleNames = Object.keys(roles) as OpenAIRole[];

/** What the package adds to the messages that it was given, and clients send back with them. */
const ECHOED = ['parsed', 'reasoning_content'] as const;

/** More than the schema takes. What is beyond it is not looked at: there it is refused by its number. */
const MOST_LOOKED_AT = 1_001;

/** Reads the conversation. What is wrong with it as a conversation is for the chat to say. */
export async function readMessages(request: ObjectReader): Promise<readonly MessageValue[]> {
  const list = request.list('messages');
  if (list === null) {
    if (request.any('messages') === null) request.refuse('messages', 'is required');
    return [];
  }
  const { violations } = request;
  const budget = new ValueBudget();
  const messages: MessageValue[] = [];
  for (const [index, item] of list.slice(0, MOST_LOOKED_AT).entries()) {
    const pause = turnIsOver();
    if (pause) await pause;
    if (violations.areMany) break;
    const message = ObjectReader.open(item, `messages[${index}]`, violations);
    const value = message && (await readMessage(message, budget));
    if (value) messages.push(value);
  }
  return messages;
}

async function readMessage(message: ObjectReader, budget: ValueBudget): Promise<MessageValue | null> {
  const name = message.oneOf('role', roleNames);
  if (name === null) {
    if (message.any('role') === null) message.refuse('role', 'is required');
    return null;
  }
  const role = roles[name];
  const value: Record<string, unknown> = { ...readContent(message, name === 'user') };
  if (name === 'tool') value.toolCallId = message.requiredText('tool_call_id');
  if (name === 'assistant') {
    const toolCalls = await readCalls(message, budget);
    if (toolCalls.length > 0) value.toolCalls = toolCalls;
    value.transcript = message.text('keystream_transcript');
    message.ignore(...ECHOED);
  }
  // The package's own messages have them, with nothing in them.
  for (const empty of ['refusal', 'audio', 'annotations', 'function_call', 'name', 'tool_calls'])
    if (!(name === 'assistant' && empty === 'tool_calls')) message.onlyEmpty(empty);
  message.close();
  return { ...value, role };
}

async function readCalls(message: ObjectReader, budget: ValueBudget): Promise<readonly object[]> {
  const calls: object[] = [];
  for (const [index, item] of (message.list('tool_calls') ?? []).slice(0, MOST_LOOKED_AT).entries()) {
    const pause = turnIsOver();
    if (pause) await pause;
    const { violations } = message;
    if (violations.areMany) break;
    const call = ObjectReader.open(item, `${message.at('tool_calls')}[${index}]`, violations);
    if (call) calls.push(readCall(call, budget));
  }
  return calls;
}

function readCall(call: ObjectReader, budget: ValueBudget): object {
  const id = call.requiredText('id');
  if (call.oneOf('type', ['function']) === null && call.any('type') === null)
    call.refuse('type', 'is required');
  // Where the parts of a stream were put together, their number stays.
  call.ignore('index');
  const inner = call.reader('function');
  if (!inner) {
    if (call.any('function') === null) call.refuse('function', 'is required');
    return { id, name: '' };
  }
  const name = inner.requiredText('name');
  const text = inner.text('arguments') ?? '';
  inner.ignore('parsed_arguments');
  inner.close();
  call.close();
  if (!budget.takes(text)) {
    inner.refuse('arguments', `must not be, with those of the other calls, ${TOO_COMPLEX}`);
    return { id, name };
  }
  return { id, name, arguments: argumentsIn(text) };
}

/** What a model wrote that is no JSON is told again as it wrote it. */
function argumentsIn(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** JSON within texts passes the parser of bodies unseen. What all of them hold together is kept to what a body may hold. */
class ValueBudget {
  #left = MAX_VALUES;

  takes(json: string): boolean {
    this.#left -= valuesOf(json);
    return this.#left >= 0;
  }
}
