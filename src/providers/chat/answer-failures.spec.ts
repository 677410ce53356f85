import { ServerSentEventParser } from '../../outbound/server-sent-event-parser.js';
import { ProviderBadRequestError } from '../../outbound/upstream-error.js';
import { AnswerFailures } from './answer-failures.js';
import type { ChatDecoder } from './chat-dialect.js';
import type { ChatRequest, ToolDefinition } from './contract.js';
import { RequestContents } from './request-contents.js';

const decoder: ChatDecoder = { push: () => [], end: () => [], mayEnd: false };
const toolOf = (inputName: string): ToolDefinition => ({
  name: `tool_of_${inputName}`,
  description: 'Does what it says.',
  parameters: { type: 'object' },
  inputName,
});

/** What a client sees of a complaint about a field of the request. */
function parameterOf(field: keyof ChatRequest, request: Partial<ChatRequest>): unknown {
  const whole: ChatRequest = { model: 'model', messages: [], ...request };
  const failures = new AnswerFailures(whole, new RequestContents(whole), () => {
    throw new Error('There is no answer to read.');
  });
  return failures.of(new ProviderBadRequestError(field), new ServerSentEventParser(1_000), decoder);
}

describe('a complaint of a provider', () => {
  it.each([
    ['a tool', ['webSearch'], 'webSearch'],
    ['several tools of one input', ['lookUps', 'lookUps'], 'lookUps'],
    ['tools of several inputs', ['webSearch', 'lookUps'], 'webSearch or lookUps'],
    ['tools of no input', [], null],
  ])('about %s names where the request has it from', (_, inputNames, parameter) => {
    const tools = { definitions: inputNames.map(toolOf), choice: 'AUTO' } as const;
    expect(parameterOf('tools', { tools })).toMatchObject({ code: 'PROVIDER_BAD_REQUEST', parameter });
  });

  it('names an input that is called the same', () => {
    expect(parameterOf('temperature', { temperature: 2 })).toMatchObject({ parameter: 'temperature' });
  });

  it.each(['temperature', 'tools'] as const)('names no input where %s was not asked for', (field) => {
    expect(parameterOf(field, {})).toMatchObject({ parameter: null });
  });
});
