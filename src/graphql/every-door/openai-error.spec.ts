import { inOpenAIWords, refusedField, toOpenAIPath } from './openai-names.js';
import { retryHeaders, toOpenAIError } from './openai-error.js';

describe('toOpenAIPath', () => {
  it.each([
    ['input.temperature', 'temperature'],
    ['input.maxOutputTokens', 'max_completion_tokens'],
    ['input.messages.12.content', 'messages[12].content'],
    ['input.messages.0.toolCalls.3.name', 'messages[0].tool_calls[3].function.name'],
    ['input.messages.0.toolCalls.3.id', 'messages[0].tool_calls[3].id'],
    ['input.messages.0.toolCallId', 'messages[0].tool_call_id'],
    ['input.messages.1.parts.2.image.mimeType', 'messages[1].content[2].image_url.url'],
    ['input.tools.0.parameters.type', 'tools[0].function.parameters.type'],
    ['input.toolChoice.name', 'tool_choice.function.name'],
    ['input.responseSchema', 'response_format.json_schema.schema'],
    ['input.requestId', 'Idempotency-Key'],
    ['input.endpoint', 'model'],
    ['messages[0].toolCalls', 'messages[0].toolCalls'],
    ['request', 'request'],
  ])('writes %s as %s', (path, expected) => {
    expect(toOpenAIPath(path)).toBe(expected);
  });
});

describe('inOpenAIWords', () => {
  it('puts the names of fields and roles into the words of the format, and nothing else', () => {
    expect(inOpenAIWords('goes with toolCalls of the ASSISTANT message')).toBe(
      'goes with tool_calls of the assistant message',
    );
    const others = 'The provider refuses this key: toString, constructor, an endpoint of yours.';
    expect(inOpenAIWords(others)).toBe(others);
  });
});

describe('refusedField', () => {
  it('knows the field that a provider refuses', () => {
    expect(refusedField('The provider does not accept the value of toolChoice for this model.')).toBe(
      'tool_choice',
    );
    expect(refusedField('The provider does not accept this request.')).toBeNull();
  });
});

describe('toOpenAIError', () => {
  it('names the first field that is wrong, and says all', () => {
    const violations = [
      { path: 'input.maxOutputTokens', message: 'must not be less than 1' },
      { path: 'input.temperature', message: 'must not be greater than 2' },
    ];
    const shown = { message: 'as GraphQL has it', extensions: { code: 'BAD_USER_INPUT', violations } };
    expect(toOpenAIError(shown, 400)).toEqual({
      message: 'max_completion_tokens: must not be less than 1; temperature: must not be greater than 2',
      type: 'invalid_request_error',
      param: 'max_completion_tokens',
      code: 'BAD_USER_INPUT',
    });
  });
});

describe('retryHeaders', () => {
  it('say whether, and when', () => {
    expect(retryHeaders({ message: '', extensions: { retryable: false } })).toEqual({
      'x-should-retry': 'false',
    });
    expect(retryHeaders({ message: '', extensions: { retryable: true, retryAfterMs: 1_234.5 } })).toEqual({
      'x-should-retry': 'true',
      'retry-after': '2',
      'retry-after-ms': '1235',
    });
  });
});
